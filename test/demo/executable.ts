// The executable as these tests need it: bundled from the sources, started as real processes.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  /** What stdout and stderr hold so far. */
  readonly text: () => string;
  readonly ended: Promise<Ended>;
}

/** A built executable, with a home and a temporary directory of its own that start out empty. */
export class Executable {
  readonly file: string;
  readonly home: string;
  readonly temporary: string;
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
    this.file = join(directory, "holdfast.cjs");
    this.home = mkdtempSync(join(directory, "h-"));
    this.temporary = mkdtempSync(join(directory, "t-"));
  }

  static async build(): Promise<Executable> {
    const executable = new Executable(mkdtempSync(join(tmpdir(), "hf-")));
    // The databases' native parts are found beside the script, as they are where it is installed.
    symlinkSync(resolve("node_modules"), join(executable.#directory, "node_modules"));
    await build({
      entryPoints: ["src/main-all.ts"],
      outfile: executable.file,
      bundle: true,
      platform: "node",
      format: "cjs",
      target: "node20",
      external: ["hcl2-parser"],
      define: { "import.meta.url": "undefined" },
    });
    return executable;
  }

  /** The environment that every start gets; nothing of the test runner's own but PATH. */
  get env(): Record<string, string> {
    return { PATH: process.env.PATH ?? "", HOME: this.home, TMPDIR: this.temporary };
  }

  start(words: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
    return started([process.execPath, this.file, ...words], { ...this.env, ...env });
  }

  run(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return this.start(words, env).ended;
  }

  /** What lies in the two directories, which the demo must leave as they were. */
  leftOvers(): string[] {
    return [...readdirSync(this.home), ...readdirSync(this.temporary)];
  }

  /** The pids of processes whose environment names the temporary directory (Linux). */
  survivors(): string[] {
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    return pids.filter((pid) => environmentOf(pid).includes(this.temporary));
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    return "";
  }
}

/** Starts any command without a terminal and with an empty input. */
export function started(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Started {
  const [file = "", ...words] = command;
  const child = spawn(file, words, { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) =>
    child.once("close", (code) => resolve({ code, stdout, stderr })),
  );
  return { child, ended, text: () => stdout + stderr };
}
