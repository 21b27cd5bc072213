// Where the demo's commands live: one temporary directory, and an environment made for it.
//
// D1 Everything that the demo's commands write is below this directory, which goes when they do.
// D2 They see nothing of the person's own: no session, no configuration, no token, no proxy, nor
//    that this is a CI machine, where a refusal would be final and the demo another one.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type Environment, MAX_SOCKET_PATH } from "../system/places.ts";
import { UnusableDirectory, writeLauncher } from "./launcher.ts";

/** What a program needs to start at all, and to speak to a person; nothing else is passed on (D2). */
const PASSED_ON = [
  "LANG",
  "LANGUAGE",
  "LC_ALL",
  "LC_CTYPE",
  "LC_MESSAGES",
  "LC_TIME",
  "LD_LIBRARY_PATH",
  "TERM",
  "TZ",
];

/** As long as any socket's name in the runtime directory. */
const SOCKET_NAME = `${"x".repeat(16)}.sock`;

export interface PlaygroundOptions {
  /** The environment to take PATH and the language from. */
  readonly env: Environment;
  /** The words that start this very holdfast: Node and the script. */
  readonly executable: readonly [string, string];
  readonly api: { readonly url: string; readonly token: string };
}

export interface Playground {
  readonly directory: string;
  /** The whole environment of every command. */
  readonly env: Readonly<Record<string, string>>;
  /** Removes the directory (D1). Safe to call twice. */
  close(): void;
}

/** Makes the directory. @throws UnusableDirectory, and then leaves nothing behind */
export function openPlayground(options: PlaygroundOptions): Playground {
  const directory = makeDirectory();
  const close = () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  try {
    const bin = join(directory, "bin");
    mkdirSync(bin);
    writeLauncher(bin, options.executable);
    return { directory, env: environment(directory, bin, options), close };
  } catch (error) {
    close();
    throw error;
  }
}

/** In the system's own place unless a socket's path would be too long there. */
function makeDirectory(): string {
  const long = join(tmpdir(), "holdfast-demo-XXXXXX", "run", SOCKET_NAME);
  const parent = Buffer.byteLength(long) > MAX_SOCKET_PATH ? "/tmp" : tmpdir();
  try {
    return mkdtempSync(join(parent, "holdfast-demo-"));
  } catch (error) {
    throw UnusableDirectory.because(`no temporary directory can be made in ${parent}`, error);
  }
}

function environment(directory: string, bin: string, { env, api }: PlaygroundOptions) {
  const passed = PASSED_ON.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(passed),
    PATH: [bin, env.PATH || "/usr/local/bin:/usr/bin:/bin"].join(delimiter),
    HOME: directory,
    TMPDIR: directory,
    HOLDFAST_CONFIG_DIR: join(directory, "config"),
    HOLDFAST_RUNTIME_DIR: join(directory, "run"),
    TFE_ADDRESS: api.url,
    TFE_TOKEN: api.token,
  };
}
