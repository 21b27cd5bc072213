// A person at a terminal of their own, beside an agent: they answer what the agent's commands ask.

import { goOutside, type Outside, type OutsideProcess } from "./outside.ts";
import { HOLDFAST, type Stage } from "./stage.ts";

export interface Told {
  readonly code: number | null;
  readonly screen: string;
}

export interface Desk {
  /** Runs `holdfast WORDS` at the terminal and leaves it there. */
  open(words: readonly string[], env?: Readonly<Record<string, string>>): Promise<OutsideProcess>;
  /** Runs it to its end, typing `line` (with Enter) when it asks. */
  answer(
    words: readonly string[],
    line?: string,
    env?: Readonly<Record<string, string>>,
  ): Promise<Told>;
  /** Runs it at a younger terminal: types a code for each session that asks, and then `line`. */
  prove(words: readonly string[], codes: readonly string[], line?: string): Promise<Told>;
  /** Runs `holdfast WORDS` without a terminal, in the same place: an agent or a script there. */
  script(words: readonly string[], env?: Readonly<Record<string, string>>): Promise<Told>;
  readonly outside: Outside;
  close(): Promise<void>;
}

/** The end of a question; the cursor may have been moved after it. */
export const ASKS = /(\? \[y\/N\] |to allow it: |to go ahead: )[^a-z]*[A-Z]?$/;

/** The question for a session's code, at the end of the screen, when it comes the nth time. */
export const asksForCode = (nth = 1): RegExp =>
  new RegExp(`(This terminal is newer than session [\\s\\S]*){${nth}}\\(Enter gives up\\): $`);

/** Sits down; whatever is started later is younger than this terminal. */
export async function sitDown(stage: Stage): Promise<Desk> {
  const outside = await goOutside();
  const place = (env: Readonly<Record<string, string>> = {}) => ({
    env: { ...stage.env, ...env },
    cwd: stage.directory,
  });
  const words = (more: readonly string[]) => [process.execPath, HOLDFAST, ...more];
  const open: Desk["open"] = (more, env) => outside.atTerminal(words(more), place(env));
  return {
    outside,
    open,
    answer: async (more, line, env) => {
      const asked = await open(more, env);
      if (line !== undefined) {
        await asked.shows(ASKS);
        asked.type(`${line}\r`);
      }
      const { code } = await asked.ended;
      return { code, screen: asked.screen };
    },
    prove: async (more, codes, line) => {
      const asked = await open(more);
      for (const [index, code] of codes.entries()) {
        await asked.shows(asksForCode(index + 1));
        asked.type(`${code}\r`);
      }
      if (line !== undefined) {
        await asked.shows(ASKS);
        asked.type(`${line}\r`);
      }
      const { code } = await asked.ended;
      return { code, screen: asked.screen };
    },
    script: async (more, env) => {
      const ran = await outside.start(words(more), place(env));
      const { code } = await ran.ended;
      return { code, screen: ran.screen };
    },
    close: () => outside.close(),
  };
}

/** The id of the request that a refusal names. */
export function requestIn(text: string): string {
  const id = /holdfast approve ([A-Z2-7]{4,6})\b/.exec(text)?.[1];
  if (id === undefined) throw new Error(`no request in: ${text}`);
  return id;
}
