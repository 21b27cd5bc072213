// A process somewhere in a session that deletes what it is told to, as often as it is told to.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eventually, shell } from "./scripts.ts";
import type { Stage } from "./stage.ts";

/** What one command printed on both streams, and its exit code. */
export interface Result {
  readonly code: number;
  readonly text: string;
}

export interface Puppet {
  /** The words that start it. */
  readonly words: readonly string[];
  /** Runs `holdfast WORDS` there; no word may hold a space. */
  run(...words: readonly string[]): Promise<Result>;
  /** Resolves with its pid when it runs. */
  pid(): Promise<number>;
  /** Lets it end. */
  end(): Promise<void>;
}

/** Makes one; `name` is for its files in the stage's directory. */
export function makePuppet(stage: Stage, name: string): Puppet {
  const at = (part: string) => join(stage.directory, `${name}.${part}`);
  execFileSync("mkfifo", [at("strings")]);
  // A name of the result that appears only when all of it is there.
  const script = `
    echo $$ > ${at("pid")}
    while read words < ${at("strings")}; do
      [ "$words" = end ] && exit 0
      holdfast $words < /dev/null > ${at("text")} 2>&1
      echo $? > ${at("code")} && mv ${at("code")} ${at("done")}
    done`;
  return {
    words: shell(script),
    run: async (...words) => {
      rmSync(at("done"), { force: true });
      await writeFile(at("strings"), `${words.join(" ")}\n`);
      const code = await eventually(`${name} has run ${words.join(" ")}`, () =>
        existsSync(at("done")) ? Number(readFileSync(at("done"), "utf8")) : undefined,
      );
      return { code, text: readFileSync(at("text"), "utf8") };
    },
    pid: () =>
      eventually(`${name} runs`, () => {
        const text = existsSync(at("pid")) ? readFileSync(at("pid"), "utf8") : "";
        return text.endsWith("\n") ? Number(text) : undefined;
      }),
    end: () => writeFile(at("strings"), "end\n"),
  };
}
