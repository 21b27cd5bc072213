// Where the demo's commands live: one temporary directory, and an environment made for it.
//
// D1 Everything that the demo's commands write is below this directory, which goes when they do.
// D2 They see nothing of the person's own: no session, no configuration, no token, no proxy.

import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type Environment, MAX_SOCKET_PATH } from "../system/places.ts";

/** What a program needs to start at all, and to speak to a person; nothing else is passed on (D2). */
const PASSED_ON = [
  "LANG",
  "LANGUAGE",
  "LC_ALL",
  "LC_CTYPE",
  "LC_MESSAGES",
  "LC_TIME",
  "LD_LIBRARY_PATH",
  "TZ",
];

/** As long as any socket's name in the runtime directory. */
const SOCKET_NAME = `${"x".repeat(16)}.sock`;

/** Why the directory cannot be used; the message is one line, `fix` says what to do. */
export class UnusableDirectory extends Error {
  override readonly name = "UnusableDirectory";
  readonly fix = "TMPDIR=/a/directory/for/programs holdfast demo";
}

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
    writeLauncher(join(bin, "holdfast"), options.executable);
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
    throw new UnusableDirectory(
      `no temporary directory can be made in ${parent} (${codeOf(error)})`,
    );
  }
}

/** Lets commands say `holdfast`, as people do, and mean the one that runs the demo. */
function writeLauncher(file: string, executable: readonly string[]): void {
  const words = executable.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  writeFileSync(file, `#!/bin/sh\nexec ${words} "$@"\n`);
  chmodSync(file, 0o755);
  try {
    accessSync(file, constants.X_OK);
  } catch (error) {
    throw new UnusableDirectory(
      `no program may run from the temporary directory (${codeOf(error)})`,
    );
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
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
