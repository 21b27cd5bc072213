// Command lines of `holdfast api` at random: mostly such that something would be sent.

import fc from "fast-check";
import { ROUTES } from "../../src/operations/hcp/route-table.ts";
import type { HcpRequestInput } from "../../src/operations/hcp/to-operation.ts";
import { inputFor } from "../operations/hcp/arbitrary-requests.ts";
import { BASE } from "../operations/hcp/documents.ts";
import type { StandIn } from "../../src/demo/stand-in/server.ts";

/** Words in which the address and the ids of one stand-in have yet to be put. */
export type Template = readonly string[];

const UNKNOWN = [
  { method: "DELETE", template: "/nothing/{id}/here" },
  { method: "POST", template: "/workspaces/{id}/actions/self-destruct" },
  { method: "PURGE", template: "/workspaces/{id}" },
];

/** Every route, those that change something more often than reads. */
const routes = [
  ...ROUTES.filter(({ method }) => method !== "GET"),
  ...ROUTES.filter(({ method }) => method !== "GET"),
  ...ROUTES.slice(0, 40),
  ...UNKNOWN,
];

/** `{workspace_id}` -> a mark that `wordsFor` replaces with the id of what exists. */
function marked(template: string, n: number): string {
  const segments = template.split("/");
  return segments
    .map((segment, index) => {
      const name = /^\{(.+)\}$/.exec(segment)?.[1];
      if (name === undefined) return segment;
      if (name === "organization_name") return "acme";
      const type = name === "id" ? segments[index - 1] : `${name.replace(/_id$/, "")}s`;
      return `~${type?.replaceAll("_", "-").replace("variables", "vars")}~${n}~`;
    })
    .join("/");
}

const reference = fc
  .tuple(fc.constantFrom("workspaces", "projects", "vars", "teams", "varsets"), fc.nat(20))
  .map(([type, n]) => ({ type, id: `~${type}~${n}~` }));
const attribute = fc.tuple(
  fc.constantFrom(
    "name",
    "description",
    "is-destroy",
    "auto-apply",
    "auto-destroy-at",
    "locked",
    "value",
  ),
  fc.constantFrom<unknown>("x", true, false, null, "2030-01-01T00:00:00Z"),
);
const body = fc.oneof(
  fc.array(reference, { minLength: 1, maxLength: 3 }).map((data) => ({ data })),
  fc.tuple(fc.array(attribute, { maxLength: 3 }), reference).map(([attributes, workspace]) => ({
    data: {
      attributes: Object.fromEntries(attributes),
      relationships: { workspace: { data: workspace } },
    },
  })),
);

/** Requests that the API would take, of what exists. */
const plausible = fc
  .tuple(fc.constantFrom(...routes), fc.nat(40), fc.option(body, { nil: undefined }))
  .map(([{ method, template }, n, made]): HcpRequestInput => {
    const request = { method, path: marked(template, n), query: [], headers: [] };
    return method === "GET" || made === undefined
      ? request
      : { ...request, body: JSON.stringify(made) };
  });

const requests = fc.oneof(
  { weight: 2, arbitrary: plausible },
  { weight: 1, arbitrary: inputFor(routes) },
);

const methodFlag = (method: string): fc.Arbitrary<string[]> =>
  fc.constantFrom(
    ["-X", method],
    ["-X", method],
    [`-X${method}`],
    ["--method", method],
    [`--method=${method}`],
    ["-X", "GET", "-X", method],
    ["-X", method, "-X", "GET"],
    [],
  );

const EXTRAS = [
  ["--quiet"],
  ["--json"],
  ["--markdown"],
  ["--no-color"],
  ["--debug"],
  ["--dry-run"],
  ["--all"],
  ["--yes"],
  ["-y"],
  ["-t", "vars"],
  ["-a", "name=x"],
  ["-a", "is-destroy=true"],
  ["-a", "auto-destroy-at=2030-01-01T00:00:00Z"],
  ["-t", "vars", "-a", "is-destroy=true"],
  ["-H", "X-HTTP-Method-Override: DELETE"],
  ["-H", "x_http_method_override: DELETE"],
  ["-f", "_method=delete"],
  ["-p", "id=ws-1"],
  ["-p", "workspace_id=ws-1/../ws-2"],
  ["--page-size", "5"],
  ["--"],
  ["@"],
];
const extras = fc.oneof(
  { weight: 2, arbitrary: fc.constant<string[]>([]) },
  {
    weight: 1,
    arbitrary: fc.array(fc.constantFrom(...EXTRAS), { maxLength: 2 }).map((all) => all.flat()),
  },
);

/** The words after `holdfast`, their order included. */
export const commandLines: fc.Arbitrary<Template> = requests.chain(
  ({ method, path, query, headers, body }) =>
    fc
      .tuple(
        methodFlag(method),
        extras,
        fc.boolean(),
        fc.constantFrom(["api"], ["api"], ["api"], ["api"], ["--quiet", "api"], ["explain", "api"]),
      )
      .map(([flag, extra, pathFirst, command]) => {
        const flags = [
          ...flag,
          ...query.flatMap(([name, value]) => ["-f", `${name}=${value}`]),
          ...headers.flatMap(([name, value]) => ["-H", `${name}: ${value}`]),
          ...(body === undefined ? [] : ["-i", body]),
          ...extra,
        ];
        return [...command, ...(pathFirst ? [path, ...flags] : [...flags, path])];
      }),
);

/** Puts in the address, and ids of what exists there. */
export function wordsFor(template: Template, api: StandIn): string[] {
  const idOf = (type: string, n: number) => {
    const all = api.state.all(type);
    return all[n % Math.max(1, all.length)]?.id ?? `${type}-missing`;
  };
  return template.map((word) =>
    word
      .replaceAll(BASE.origin, api.url)
      .replaceAll(/~([a-z-]+)~(\d+)~/g, (_, type: string, n: string) => idOf(type, Number(n)))
      .replaceAll("/workspaces/ws-1", `/workspaces/${idOf("workspaces", 0)}`),
  );
}
