// The places where Terraform's users keep tokens, each with its own way of being read.

import { promises } from "node:fs";
import { join } from "node:path";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { because, systemCode } from "../system/http-error.ts";
import type { Environment } from "../system/proxy.ts";
import { canonicalHostname } from "./address.ts";
import { tokenInFile } from "./credential-file.ts";

const CREDENTIALS_FILE = "credentials.tfrc.json";

export interface Place {
  /** The variable or the file. */
  readonly name: string;
  /** The token for the hostname, unchecked. */
  look(): Promise<string | undefined>;
  /** The permission bits of a file that exists. */
  mode(): Promise<number | undefined>;
}

/** The places in their order. Lazy: a directory is listed only when nothing before it sufficed. */
export async function* credentialPlaces(
  hostname: string,
  env: Environment,
  home: string,
): AsyncGenerator<Place> {
  yield variable("TFE_TOKEN", env.TFE_TOKEN);
  yield* hostVariables(hostname, env);
  const directory = configDirectory(env, home);
  yield file(join(directory, CREDENTIALS_FILE), hostname, false);
  const named = env.TF_CLI_CONFIG_FILE || env.TERRAFORM_CONFIG;
  const by = env.TF_CLI_CONFIG_FILE ? "TF_CLI_CONFIG_FILE" : "TERRAFORM_CONFIG";
  if (named !== undefined && named !== "") return yield file(named, hostname, true, by);
  // Terraform lets a later file override an earlier one, and the directory the main file.
  yield* configFiles(directory, hostname);
  yield file(mainConfig(env, home), hostname, false);
}

function variable(name: string, value: string | undefined): Place {
  const token = value === "" ? undefined : value;
  return { name, look: async () => token, mode: async () => undefined };
}

/** @param by the variable that names it, where one does */
function file(path: string, hostname: string, mustExist: boolean, by?: string): Place {
  return {
    name: path,
    look: async () => {
      const text = await readIfThere(path, mustExist, by);
      return text === undefined ? undefined : tokenInFile(text, path, hostname);
    },
    mode: async () => {
      const info = await promises.stat(path).catch(() => undefined);
      return info === undefined ? undefined : info.mode & 0o7777;
    },
  };
}

/** A place that cannot be used: asking it is the failure, describing it is not. */
function broken(name: string, failure: Failure): Place {
  return { name, look: () => Promise.reject(failure), mode: async () => undefined };
}

const PREFIX = "TF_TOKEN_";

/** The variables whose name decodes to the hostname: at most one may say which token it is. */
function* hostVariables(hostname: string, env: Environment): Generator<Place> {
  const names = Object.keys(env).filter((name) => hostOfVariable(name) === hostname && env[name]);
  const [first] = names;
  if (first === undefined) return;
  const other = names.find((name) => env[name] !== env[first]);
  if (other === undefined) return yield variable(first, env[first]);
  const message = `${first} and ${other} hold different tokens for ${hostname}`;
  const fix = "unset one of them";
  yield broken(
    first,
    new Failure("ambiguous-token", message, { exitCode: EXIT.authentication, fix }),
  );
}

/**
 * Two underscores stand for a hyphen and one for a dot, because neither may be in the name of a
 * shell variable; hyphens, dots and letters beyond ASCII are taken as they are where they got in.
 */
function hostOfVariable(name: string): string | undefined {
  if (!name.startsWith(PREFIX)) return undefined;
  return canonicalHostname(name.slice(PREFIX.length).replaceAll("__", "-").replaceAll("_", "."));
}

function configDirectory(env: Environment, home: string): string {
  return process.platform === "win32"
    ? join(env.APPDATA ?? home, "terraform.d")
    : join(home, ".terraform.d");
}

function mainConfig(env: Environment, home: string): string {
  return process.platform === "win32"
    ? join(env.APPDATA ?? home, "terraform.rc")
    : join(home, ".terraformrc");
}

async function* configFiles(directory: string, hostname: string): AsyncGenerator<Place> {
  let names: string[] = [];
  try {
    names = await promises.readdir(directory);
  } catch (error) {
    if (!isAbsent(error)) yield broken(directory, unreadable(directory, error));
  }
  const configs = names.filter((name) => /\.tfrc(\.json)?$/.test(name));
  for (const name of configs.sort().reverse()) {
    if (name !== CREDENTIALS_FILE) yield file(join(directory, name), hostname, true);
  }
}

async function readIfThere(
  path: string,
  mustExist: boolean,
  by: string | undefined,
): Promise<string | undefined> {
  try {
    return await promises.readFile(path, "utf8");
  } catch (error) {
    if (!mustExist && isAbsent(error)) return undefined;
    throw unreadable(path, error, by);
  }
}

function isAbsent(error: unknown): boolean {
  return systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR";
}

function unreadable(path: string, error: unknown, by?: string): Failure {
  return new Failure("unreadable-credentials", `cannot read ${path} (${because(error)})`, {
    exitCode: EXIT.authentication,
    fix:
      by === undefined
        ? "correct the file's permissions"
        : `correct ${by}, which names the file, or unset it`,
    cause: error,
  });
}
