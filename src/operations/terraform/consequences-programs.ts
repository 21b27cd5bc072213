// Programs that a plan runs besides its providers: provisioners, and data that comes from a program.
//
// G1 A plan does not say when a provisioner runs: one that stands in the configuration counts whenever
//    its resource is made or destroyed.
// G2 What one runs is said as it is written. Where it is put together from other values, that is said
//    instead: files that only such a value names are not pinned.

import type { PlanDocument, ResourceChange } from "./plan-document.ts";
import { isRecord, stepInto } from "./plan-values.ts";

/** Data sources that run something, or send something, when they are read. */
const RUNNING =
  /^(?:external|http|aws_lambda_invocation|shell_script|curl|restapi_object|vault_generic_secret|terracurl_request)$/;

/** Whether reading it runs a program or calls one. */
export function isRunByReading({ type }: Pick<ResourceChange, "type">): boolean {
  return RUNNING.test(type);
}

/** Names of modules and of the resource in an address, index keys left out: `["a", "terraform_data.b"]`. */
function partsOf(address: string): { modules: readonly string[]; resource: string } {
  // Keys may hold anything but a quote that is not escaped.
  const bare = address.replaceAll(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, "");
  const names = bare.split(".");
  const modules: string[] = [];
  while (names[0] === "module" && names.length > 2) {
    names.shift();
    modules.push(names.shift() ?? "");
  }
  return { modules, resource: names.join(".") };
}

/** The provisioners that stand at a resource, a clause for each (G1, G2). */
export function provisionersOf(plan: PlanDocument, address: string): readonly string[] {
  const { modules, resource } = partsOf(address);
  let module: unknown = plan.configuration?.root_module;
  for (const name of modules)
    module = stepInto(stepInto(stepInto(module, "module_calls"), name), "module");
  const resources = stepInto(module, "resources");
  if (!Array.isArray(resources)) return [];
  const found = resources.filter((each) => stepInto(each, "address") === resource);
  return found
    .flatMap((each) => {
      const provisioners = stepInto(each, "provisioners");
      return Array.isArray(provisioners) ? provisioners : [];
    })
    .map(clauseOf);
}

/** `its local-exec provisioner runs: command "sh x.sh"` (G2). */
function clauseOf(provisioner: unknown): string {
  const type = stepInto(provisioner, "type");
  const runs = `its ${typeof type === "string" ? type : "unknown"} provisioner runs`;
  const expressions = stepInto(provisioner, "expressions");
  if (!isRecord(expressions)) return runs;
  const said = Object.keys(expressions)
    .filter((name) => SAYS_WHAT.has(name))
    .map((name) => {
      const expression = stepInto(expressions, name);
      const constant = stepInto(expression, "constant_value");
      return constant === undefined
        ? `${name} put together from ${referencesOf(expression)}, so that what it runs is not pinned`
        : `${name} ${JSON.stringify(constant)}`;
    });
  return said.length === 0 ? runs : `${runs}: ${said.join(", ")}`;
}

const SAYS_WHAT: ReadonlySet<string> = new Set(
  "command inline interpreter script scripts source working_dir".split(" "),
);

function referencesOf(expression: unknown): string {
  const references = stepInto(expression, "references");
  const names = Array.isArray(references)
    ? references.filter((each): each is string => typeof each === "string")
    : [];
  return names.length === 0 ? "other values" : names.join(" and ");
}
