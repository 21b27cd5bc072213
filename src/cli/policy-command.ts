// `holdfast policy check FILE | show -e ENV`.

import { resolve } from "node:path";
import { checkPolicyFile, readPolicy } from "../gate/policy-source.ts";
import { ENVIRONMENTS } from "../policy/environment.ts";
import { environmentGiven } from "../policy/environment-given.ts";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import { configDirectory } from "../system/places.ts";
import { visible } from "../system/terminal-text.ts";
import type { CliContext, GlobalOptions } from "./context.ts";
import { policyJson, policyMarkdown, policyText, shownPolicy } from "./policy-text.ts";

export interface ShowFlags {
  readonly environment?: string;
  readonly policy?: string;
}

/** Reads one file and says whether it is a policy. @throws Failure, exit 1, that says where it is not */
export async function runPolicyCheck(
  file: string,
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  const path = resolve(context.cwd, file);
  const { part, policy, distrust } = await checkPolicyFile(path);
  const rules = part.rules ?? [];
  const environments = ENVIRONMENTS.filter((each) => part.environments?.[each] !== undefined);
  const examples = rules.flatMap(({ match, notMatch }) => [...match, ...notMatch]).length;
  if (distrust !== undefined)
    context.stderr.write(`holdfast: note: it would be refused where it is: ${visible(distrust)}\n`);
  if (globals.json) {
    const { digest } = policy;
    const told = { ok: true, file: path, rules: rules.length, examples, environments, digest };
    context.stdout.write(`${JSON.stringify({ ...told, distrust }, null, 2)}\n`);
    return EXIT.ok;
  }
  const counted = [
    `${rules.length} ${rules.length === 1 ? "rule" : "rules"}`,
    `${examples} ${examples === 1 ? "example" : "examples"}`,
    ...(environments.length === 0 ? [] : [`environments ${environments.join(", ")}`]),
  ];
  context.stdout.write(`ok: ${counted.join(", ")}\n`);
  return EXIT.ok;
}

/** Prints the policy that holds for one environment. @throws Failure for no environment, or no policy */
export async function runPolicyShow(
  flags: ShowFlags,
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  const environment = environmentGiven(flags.environment);
  const { env, home, cwd, stdout } = context;
  const policy = await readPolicy({
    configDirectory: configDirectory(env, home),
    ...(flags.policy === undefined ? {} : { extraFile: resolve(cwd, flags.policy) }),
  });
  const shown = shownPolicy(policy, environment);
  if (globals.json) stdout.write(`${JSON.stringify(policyJson(shown), null, 2)}\n`);
  else stdout.write(globals.markdown ? policyMarkdown(shown) : policyText(shown));
  return EXIT.ok;
}
