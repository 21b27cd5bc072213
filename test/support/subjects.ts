// Operations of each kind, as far as policy looks at them.

import type { Environment } from "../../src/policy/environment.ts";
import type {
  CommandOperation,
  HcpOperation,
  Impact,
  KubectlOperation,
  KubectlRequest,
  TerraformOperation,
} from "../../src/policy/operation.ts";
import type { PlannedChange } from "../../src/policy/planned-change.ts";

interface Shared {
  readonly served?: Environment;
  readonly impact?: Impact;
}

const base = (impact: Impact, { served }: Shared) => ({
  title: "Do it",
  impact,
  reversibility: "depends" as const,
  items: 1,
  ...(served === undefined ? {} : { served }),
});

/** A command that was found where it was typed. */
export function commandOf(
  [typed = "x", ...args]: readonly string[],
  more: Shared & { readonly within?: readonly (readonly string[])[]; readonly cwd?: string } = {},
): CommandOperation {
  const { within, cwd = "/home/me/project" } = more;
  const executable = typed.startsWith("/") ? typed : `/usr/bin/${typed}`;
  return {
    ...base(more.impact ?? "unknown", more),
    kind: "command",
    resourceClass: "commands",
    target: { hostname: "localhost", path: executable },
    command: {
      ...{ executable, typed, args, cwd, environment: {}, files: {}, agent: "main" },
      ...(within === undefined ? {} : { within }),
    },
  };
}

/** A run of kubectl on objects of `kubernetes:KIND`. */
export function kubectlOf(
  verb: KubectlRequest["verb"],
  objects: readonly (readonly [kind: string, name: string, namespace?: string])[],
  more: Shared & { readonly replicas?: number; readonly context?: string } = {},
): KubectlOperation {
  const made = objects.map(([kind, name, namespace]) => ({
    class: `kubernetes:${kind}`,
    name,
    ...(namespace === undefined ? {} : { namespace }),
  }));
  const impacts = { get: "read", describe: "read", logs: "read", exec: "unknown" } as const;
  const guess = { apply: "change", scale: "change", delete: "destroy", ...impacts } as const;
  return {
    ...base(more.impact ?? guess[verb], more),
    kind: "kubectl",
    resourceClass: `kubernetes:${objects[0]?.[0] ?? "pods"}`,
    target: { hostname: "cluster.example.com", path: "/" },
    kubectl: {
      ...{ verb, executable: "/usr/bin/kubectl", args: [], kubeconfig: "/k", objects: made },
      context: more.context ?? "minikube",
      server: "https://cluster.example.com",
      ...(more.replicas === undefined ? {} : { replicas: more.replicas }),
      ...{ environment: {}, files: {} },
    },
  };
}

type Change = Pick<PlannedChange, "action" | "type" | "address">;

/** A run of terraform. */
export function terraformOf(
  action: "plan" | "apply",
  more: Shared & {
    readonly workspace?: string;
    readonly destroy?: boolean;
    readonly changes?: readonly Change[];
    readonly cloud?: { hostname: string; organization: string; run: string };
  } = {},
): TerraformOperation {
  const { workspace = "default", destroy = false, changes, cloud } = more;
  const plan = {
    ...{ id: "P", digest: "d", expiresAt: "2026-01-01T00:00:00Z" },
    changes: (changes ?? []).map((change) => ({
      ...change,
      consequence: "needs review" as const,
      evidence: [],
    })),
    ...(cloud === undefined ? {} : { cloud }),
  };
  return {
    ...base(more.impact ?? (action === "plan" ? "read" : "change"), more),
    kind: "terraform",
    resourceClass: "terraform",
    target: { hostname: "localhost", path: "/src/infra", id: workspace },
    terraform: {
      ...{ action, executable: "/usr/bin/terraform", directory: "/src/infra", workspace },
      options: { destroy, refreshOnly: false, targets: [], replace: [], variables: {} },
      ...{ environment: {}, files: {} },
      ...(changes === undefined && cloud === undefined ? {} : { plan }),
    },
  };
}

/** A request to HCP Terraform. */
export function hcpOf(
  method: string,
  path: string,
  more: Shared & {
    readonly class?: HcpOperation["resourceClass"];
    readonly organization?: string;
    readonly hostname?: string;
  } = {},
): HcpOperation {
  const { organization, hostname = "app.terraform.io" } = more;
  return {
    ...base(more.impact ?? (method === "GET" ? "read" : "change"), more),
    kind: "hcp",
    resourceClass: more.class ?? "workspaces",
    target: { hostname, path, ...(organization === undefined ? {} : { organization }) },
    request: { method, path: `/api/v2${path}`, query: [], headers: {} },
  };
}
