// The one cluster that the gateway speaks to: policy pins the program, the kubeconfig and its context.
//
// W1 Which cluster, as whom, and through which program is what policy says, never what a call says, an
//    agent's variable or a file in the project.
// W2 Every file that decides it is in the digest: the program, the kubeconfig, the certificates that it
//    names, and the program that makes credentials where this user could put another.
// W3 kubectl's own settings (KUBECONFIG, kuberc, a shared cache) have no part in it.

import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import type { Environment } from "../../policy/environment.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { FileDigests, VariableHashes } from "../../policy/operation.ts";
import type { EnvironmentPolicy } from "../../policy/policy.ts";
import { type Scrubbed, scrubEnvironment } from "../command/environment.ts";
import { findProgram, isReplaceable, pathEntries } from "../command/program.ts";
import { fileDigest } from "./file-digest.ts";
import { readKubeconfig } from "./kubeconfig.ts";

/** What a cluster is found from. */
export interface ClusterSource {
  readonly environment: Environment;
  readonly rules: EnvironmentPolicy;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly key: Buffer;
  /** `<config>`, private. */
  readonly configDirectory: string;
}

export interface Cluster {
  readonly environment: Environment;
  /** Absolute, symbolic links followed. */
  readonly executable: string;
  readonly kubeconfig: string;
  readonly context: string;
  /** As the kubeconfig has it. */
  readonly server: string;
  /** With a port where one was given. */
  readonly hostname: string;
  /** Globs; empty: any namespace. */
  readonly namespaces: readonly string[];
  /** Private: what kubectl remembers of the cluster's kinds. */
  readonly cacheDirectory: string;
  readonly files: FileDigests;
  /** The variables to run kubectl with, and what the digest has of them. */
  readonly variables: Readonly<Record<string, string>>;
  readonly hashes: VariableHashes;
  /** What values are hashed with. */
  readonly key: Buffer;
  /** Values that must not leave. */
  readonly secrets: readonly string[];
}

/**
 * The cluster that policy pins.
 *
 * @throws Failure `no-cluster`, `unusable-kubeconfig`, `no-kubectl`
 */
export function openCluster(source: ClusterSource): Cluster {
  const { environment, rules, configDirectory, key } = source;
  const { kubeconfig: named, context, namespaces } = rules.kubernetes;
  if (named === undefined) throw unset(source, "kubeconfig");
  if (context === undefined) throw unset(source, "context");
  const kubeconfig = realPath(environment, named);
  const executable = findKubectl(source);
  const { server, files, plugin, secrets } = readKubeconfig(kubeconfig, context);
  const { values, hashes } = variablesFor(source);
  const program = plugin === undefined ? undefined : pluginFile(plugin, kubeconfig, values.PATH);
  return {
    environment,
    executable,
    kubeconfig,
    context,
    server: server.href.replace(/\/$/, ""),
    hostname: server.host,
    namespaces,
    cacheDirectory: join(configDirectory, "kubectl-cache", environment),
    files: digestsOf([executable, kubeconfig, ...files, ...(program ?? [])]),
    variables: values,
    hashes,
    key,
    secrets: [...secrets, ...secretValues(values)],
  };
}

/** Where a person sets it. */
const setting = (environment: Environment, field: string): string =>
  `environments.${environment}.kubernetes.${field}`;

function unset({ environment, configDirectory }: ClusterSource, field: string): Failure {
  const name = setting(environment, field);
  const both = "{kubernetes: {kubeconfig: /PATH/TO/KUBECONFIG, context: NAME}}";
  return new Failure("no-cluster", `no cluster in ${environment}: the policy has no ${name}`, {
    exitCode: EXIT.usage,
    fix: `a person sets both in ${join(configDirectory, "policy.yaml")}: environments: {${environment}: ${both}}`,
  });
}

function realPath(environment: Environment, path: string): string {
  try {
    if (isAbsolute(path)) return realpathSync.native(path);
  } catch {
    // Said below.
  }
  throw new Failure("unusable-kubeconfig", `kubeconfig ${path}: there is no such file`, {
    exitCode: EXIT.usage,
    fix: `a person sets ${setting(environment, "kubeconfig")} in the policy: an absolute path`,
  });
}

/** The one that policy names; else the first on PATH that the agent cannot replace (W1). */
function findKubectl({ environment, rules, env, cwd }: ClusterSource): string {
  const name = setting(environment, "executable");
  const named = rules.kubernetes.executable;
  if (named !== undefined) {
    const found = isAbsolute(named) ? findProgram(named, cwd, []) : undefined;
    if (found !== undefined) return found.executable;
    throw missing(`${named} cannot be run`, `a person sets ${name} in the policy`);
  }
  const { kept } = pathEntries(env.PATH);
  const all = kept.flatMap((each) => findProgram("kubectl", cwd, [each]) ?? []);
  const found = all.find(({ executable }) => !isReplaceable(executable));
  if (found !== undefined) return found.executable;
  const [first] = all;
  if (first === undefined) throw missing("it is not on PATH", "install kubectl");
  throw missing(
    `${first.executable} could be replaced by whoever runs as this user`,
    `a person sets ${name} in the policy, to ${first.executable} or to another one`,
  );
}

function missing(why: string, fix: string): Failure {
  return new Failure("no-kubectl", `no kubectl to run: ${why}`, {
    exitCode: EXIT.commandNotFound,
    fix,
  });
}

/** holdfast's own variables are no concern of kubectl's; kubectl's own are not an agent's to set (W3). */
const LEFT_OUT = /^(?:HOLDFAST_.*|KUBECONFIG|KUBECACHEDIR|KUBERC|KUBECTL_.*|KUBE_.*|SHELL|TERM)$/;

function variablesFor({
  env,
  rules,
  cwd,
  key,
}: ClusterSource): Pick<Scrubbed, "values" | "hashes"> {
  const kept = Object.entries(env).filter(([name]) => !LEFT_OUT.test(name));
  const { values, hashes } = scrubEnvironment(Object.fromEntries(kept), rules.pass, cwd, key);
  // A file of a user's preferences could add flags to what we compose.
  return { values: { ...values, KUBECTL_KUBERC: "false", KUBERC: "off" }, hashes };
}

const SECRET_NAME = /token|secret|password|passwd|credential|private|api_?key|access_?key/i;

function secretValues(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    SECRET_NAME.test(name) && value.length >= 6 ? [value] : [],
  );
}

/** The program that makes credentials, where it could be replaced (W2). */
function pluginFile(
  plugin: string,
  kubeconfig: string,
  path: string | undefined,
): readonly string[] {
  const found = findProgram(plugin, dirname(kubeconfig), pathEntries(path).kept);
  return found !== undefined && isReplaceable(found.executable) ? [found.executable] : [];
}

function digestsOf(paths: readonly string[]): FileDigests {
  const found = [...new Set(paths)].sort().map((path) => {
    const digest = isReadable(path) ? fileDigest(path) : undefined;
    if (digest !== undefined) return [path, digest] as const;
    throw new Failure("unusable-kubeconfig", `${path}: it cannot be read, or is no file`, {
      exitCode: EXIT.usage,
      fix: "a person looks at the kubeconfig that the policy names, and at the files that it names",
    });
  });
  return Object.fromEntries(found);
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
