// One step while it plays: the commands that it runs, what they printed, and what was checked.
//
// D5 A step is told as it went: every output is what the processes printed, every exit code theirs.
//    What is said at the person's terminal is between the command and them.

import { Checks, type Shown } from "./checks.ts";
import type { Person } from "./person.ts";
import type { Shell, TypedLine } from "./shell.ts";
import type { StandIn } from "./stand-in/server.ts";

/** What a step has to play with. */
export interface Stage {
  readonly shell: Shell;
  readonly standIn: StandIn;
  /** A place for the commands' files. */
  readonly directory: string;
  /** Whether the demo itself runs under an agent. */
  readonly isUnderAgent: boolean;
  /** Who can be asked; undefined where nobody can. */
  readonly person?: Person | undefined;
  /** Told of each command as soon as it is over, or runs on. */
  readonly onShown: (shown: Shown) => void;
  /** Told what the person is about to be asked with. */
  readonly onTurn: (command: string) => void;
}

/** A person's answer; `nobody`: `holdfast approve` found no person here. */
export type Answer = "yes" | "no" | "nobody";

const DECLINED = 7;

export class Scene extends Checks {
  readonly directory: string;
  readonly #stage: Stage;
  readonly #unfinished = new Map<TypedLine, string>();
  readonly #begun = new Set<TypedLine>();

  constructor(stage: Stage) {
    super(stage.standIn);
    this.#stage = stage;
    this.directory = stage.directory;
  }

  get isUnderAgent(): boolean {
    return this.#stage.isUnderAgent;
  }

  /** Whether a person can be asked. */
  get person(): "here" | "left" | undefined {
    const { person } = this.#stage;
    if (person === undefined) return undefined;
    return person.hasLeft ? "left" : "here";
  }

  /** Starts a line; `show` and `finish` tell of it by its text. It may wait for the person. */
  start(
    command: string,
    input: "empty" | "open" = "empty",
    waits: "waits" | undefined = undefined,
  ): TypedLine {
    const { shell, person } = this.#stage;
    const line = shell.start(command, input, waits && person?.patienceMs);
    this.#unfinished.set(line, command);
    return line;
  }

  /** Tells of something that was done. */
  tell(shown: Shown): void {
    this.shown.push(shown);
    this.#stage.onShown(shown);
  }

  /** Lets the person answer by a command of theirs. @throws Error where there is no person */
  async ask(command: string): Promise<Answer> {
    const { person, onTurn } = this.#stage;
    if (person === undefined) throw new Error("there is no person to ask");
    onTurn(command);
    const { code, output } = await person.ask(command);
    const exit = code === undefined ? {} : { exitCode: code };
    this.tell({
      command,
      continued: false,
      output: this.withoutTokens(output),
      ...exit,
      atTerminal: true,
    });
    this.expect(
      code === undefined || code === 0 || code === DECLINED,
      `exit code ${code} instead of 0 or ${DECLINED}`,
    );
    if (code === 0) return "yes";
    return output.includes("only a person answers") ? "nobody" : "no";
  }

  /** Runs a line to its end, and checks its exit code: one of those that are expected. */
  async run(command: string, ...expected: readonly number[]): Promise<void> {
    await this.finish(this.start(command), ...expected);
  }

  /** What a line prints that is there to check others by, and is not shown. */
  async read(command: string): Promise<string> {
    const line = this.#stage.shell.start(command);
    await line.ended;
    return this.withoutTokens(line.read());
  }

  /** Shows what a line printed up to now; it runs on. */
  show(line: TypedLine): void {
    this.tell(this.#more(line));
  }

  /** Waits for a line's end, shows the rest of what it printed, and checks its exit code. */
  async finish(line: TypedLine, ...expected: readonly number[]): Promise<void> {
    const { code } = await line.exited;
    await line.ended;
    this.tell({ ...this.#more(line), exitCode: code });
    this.#unfinished.delete(line);
    this.expect(expected.includes(code), `exit code ${code} instead of ${expected.join(" or ")}`);
  }

  /** The step cannot go on: shows what is left, for whoever wants to know why. */
  giveUp(problem: string): void {
    this.problems.push(problem);
    for (const line of this.#unfinished.keys()) this.tell(this.#more(line));
  }

  #more(line: TypedLine): Shown {
    const command = this.#unfinished.get(line) ?? "";
    const continued = this.#begun.has(line);
    this.#begun.add(line);
    return { command, continued, output: this.withoutTokens(line.read()) };
  }
}
