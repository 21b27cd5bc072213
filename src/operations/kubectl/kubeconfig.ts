// A kubeconfig, as far as it matters who is spoken to, and with which secrets.

import { readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import { below, listIn, objectIn, textIn } from "./json.ts";
import { type Json, type JsonObject, readDocuments } from "./manifest.ts";

export interface Kubeconfig {
  /** The API server's address, as it stands there. */
  readonly server: URL;
  /** Absolute paths of the files that it names: certificates, keys. */
  readonly files: readonly string[];
  /** The program that makes credentials, as it is named there; a path is absolute. */
  readonly plugin?: string;
  /** Tokens, passwords and keys. */
  readonly secrets: readonly string[];
}

const MOST_BYTES = 1024 * 1024;
/** What is shorter, in characters, stands everywhere by chance. */
const LEAST_SECRET = 4;

/**
 * Reads what one context of a kubeconfig says.
 *
 * @throws Failure `unusable-kubeconfig`, `unreadable-yaml`
 */
export function readKubeconfig(path: string, context: string): Kubeconfig {
  const [config, more] = readDocuments(contentOf(path), path);
  if (more !== undefined) throw unusable(path, "it holds more than one document");
  const chosen = named(config, "contexts", context);
  if (chosen === undefined) throw unusable(path, `it has no context ${JSON.stringify(context)}`);
  const clusterName = textIn(below(chosen, "context", "cluster"));
  const cluster = objectIn(below(named(config, "clusters", clusterName), "cluster"));
  const user = objectIn(
    below(named(config, "users", textIn(below(chosen, "context", "user"))), "user"),
  );
  const server = textIn(cluster?.server);
  if (server === undefined || !URL.canParse(server) || !/^https?:/.test(server))
    throw unusable(path, `context ${JSON.stringify(context)} has no cluster with a server`);
  const { username, password } = new URL(server);
  if (username !== "" || password !== "")
    throw unusable(path, `the server of context ${JSON.stringify(context)} holds a password`);
  const directory = dirname(path);
  const fileOf = (value: Json | undefined) => {
    const file = textIn(value);
    return file === undefined ? [] : [resolve(directory, file)];
  };
  const plugin = pluginOf(user, directory);
  return {
    server: new URL(server),
    files: [
      ...fileOf(cluster?.["certificate-authority"]),
      ...fileOf(user?.["client-certificate"]),
      ...fileOf(user?.["client-key"]),
    ],
    ...(plugin === undefined ? {} : { plugin }),
    secrets: secretsOf(user ?? {}, fileOf(user?.tokenFile)),
  };
}

/** kubectl takes the first of several. */
function named(
  config: Json | undefined,
  list: string,
  name: string | undefined,
): JsonObject | undefined {
  if (name === undefined) return undefined;
  const entries = (listIn(below(config, list)) ?? []).map(objectIn);
  return entries.find((each) => each?.name === name);
}

function pluginOf(user: JsonObject | undefined, directory: string): string | undefined {
  const command = textIn(below(user, "exec", "command"));
  if (command === undefined || !command.includes("/") || isAbsolute(command)) return command;
  return resolve(directory, command);
}

function secretsOf(user: JsonObject, tokenFiles: readonly string[]): string[] {
  const { token, password } = user;
  const key = textIn(user["client-key-data"]);
  const environment = (listIn(below(user, "exec", "env")) ?? []).map((each) =>
    below(each, "value"),
  );
  const provider = Object.values(objectIn(below(user, "auth-provider", "config")) ?? {});
  const texts = [token, password, ...environment, ...provider].flatMap(
    (each) => textIn(each) ?? [],
  );
  const files = tokenFiles.flatMap((path) => {
    try {
      return readFileSync(path, "utf8").trim();
    } catch {
      return [];
    }
  });
  const keys = key === undefined ? [] : [key, Buffer.from(key, "base64").toString("utf8")];
  return [...texts, ...files, ...keys].filter((each) => each.length >= LEAST_SECRET);
}

function contentOf(path: string): string {
  try {
    const found = statSync(path);
    if (!found.isFile()) throw unusable(path, "it is no regular file");
    if (found.size > MOST_BYTES) throw unusable(path, `it is longer than ${MOST_BYTES} bytes`);
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw unusable(path, "it cannot be read");
  }
}

function unusable(path: string, why: string): Failure {
  return new Failure("unusable-kubeconfig", `kubeconfig ${path}: ${why}`, {
    exitCode: EXIT.usage,
    fix: "a person sets kubernetes.kubeconfig and kubernetes.context of the environment in the policy",
  });
}
