// How the walk-through looks: plain text, or Markdown. Nothing here knows what happened but from
// the results.

import { styleText } from "node:util";
import type { StepResult, WalkThrough } from "./walk-through.ts";
import { STEPS } from "./steps.ts";

export interface TellingOptions {
  readonly markdown: boolean;
  readonly color: boolean;
  /** One line for each step that went as told. */
  readonly brief: boolean;
  /** A command that makes `holdfast` known to the shell, where PATH does not. */
  readonly naming?: string;
}

type Shown = StepResult["commands"][number];

const indented = (text: string, by: string) =>
  text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => (line === "" ? "" : by + line))
    .join("\n");

const INTRODUCTION =
  "holdfast demo: real commands against a stand-in for HCP Terraform on this machine.\n" +
  "The demo plays the agent and whoever finds a token; the person is you, or nobody.\n\n";

const YOUR_TURN = "Your turn: answer as it asks (nothing real is behind this); Enter leaves it";

/** Words the walk-through; every text ends with a line end, or is empty. */
export class Telling {
  readonly #options: TellingOptions;

  constructor(options: TellingOptions) {
    this.#options = options;
  }

  heading(number: number, title: string): string {
    if (this.#options.brief) return "";
    const before = number === 1 ? INTRODUCTION : "";
    const text = `${number}/${STEPS.length} ${title}`;
    return this.#options.markdown
      ? `${before}## ${text}\n\n`
      : `${before}${this.#styled("bold", text)}\n`;
  }

  /** A command of the step that plays, as soon as it can be told. */
  command(shown: Shown): string {
    return this.#atOnce ? `${indented(commandText(shown), "  ")}\n` : "";
  }

  /** What stands before a question to the person, who sees the rest at their terminal. */
  turn(command: string): string {
    return this.#atOnce ? `  ${this.#styled("bold", YOUR_TURN)}\n  $ ${command}\n` : "";
  }

  result(result: StepResult): string {
    const { brief, markdown } = this.#options;
    if (brief && result.problems.length === 0) return this.#briefly(result);
    if (this.#atOnce) return `${indented(this.#verdict(result), "  ")}\n\n`;
    const commands = result.commands.map((shown) => commandText(shown)).join("");
    if (!markdown) return `${indented(commands, "  ")}\n  ${this.#verdict(result)}\n\n`;
    const code = commands === "" ? "" : `\`\`\`\n${commands}\`\`\`\n\n`;
    return `${code}${this.#verdict(result)}\n\n`;
  }

  summary({ ok, steps, milliseconds }: WalkThrough): string {
    const seconds = (milliseconds / 1000).toFixed(1);
    if (!ok)
      return `holdfast demo: step ${steps.length} of ${STEPS.length} did not go as told; the rest was left out\n  fix  holdfast doctor\n`;
    const skipped = steps.filter((step) => step.skipped !== undefined).length;
    const played = skipped === 0 ? `All ${steps.length} steps` : `${steps.length - skipped} steps`;
    const others = skipped === 0 ? "" : ` (${skipped} ${skipped === 1 ? "was" : "were"} skipped)`;
    const done = `${played} went as told${others}, in ${seconds} s; each was checked against what reached the stand-in.\n`;
    if (this.#options.brief) return done;
    const { naming } = this.#options;
    const next = [
      ...(naming === undefined ? [] : [["first", naming]]),
      ["by hand", "holdfast demo --serve"],
      ["which classes", "holdfast explain --allow-delete=reversible"],
      ["your agent", "holdfast harness exec --allow-delete=workspaces --max-deletes=10 -- claude"],
    ];
    const lines = next
      .map(([label = "", command]) => `  ${label.padEnd(13)}  ${command}\n`)
      .join("");
    return `${done}Next\n${this.#options.markdown ? `\`\`\`\n${lines}\`\`\`\n` : lines}`;
  }

  #briefly({ number, title, skipped }: StepResult): string {
    const how = skipped === undefined ? this.#styled("green", "as told") : "skipped";
    return `${how}  ${number}/${STEPS.length} ${title}\n`;
  }

  /** Text for people at a screen is told while it happens; the rest when the step is over. */
  get #atOnce(): boolean {
    return !this.#options.brief && !this.#options.markdown;
  }

  #verdict({ showed, skipped, about, problems }: StepResult): string {
    if (showed !== undefined) return this.#styled("green", showed);
    if (skipped !== undefined)
      return `${about === undefined ? "" : `${about}\n`}skipped: ${skipped}`;
    return this.#styled("red", `NOT AS TOLD: ${problems.join("; ")}`);
  }

  #styled(format: "bold" | "green" | "red", text: string): string {
    return this.#options.color ? styleText(format, text) : text;
  }
}

function commandText({ command, continued, output, exitCode, atTerminal }: Shown): string {
  const prompt = continued ? `# the first command went on:\n` : `$ ${command}\n`;
  const exit = exitCode === undefined ? "" : `exit code ${exitCode}\n`;
  const printed = output === "" ? "" : `${indented(output, "  ")}\n`;
  // Its first line stands before the question already.
  return `${atTerminal ? "" : prompt}${printed}${exit}`;
}
