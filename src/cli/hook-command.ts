// `holdfast hook AGENT`: an agent asks, before it uses a tool.
//
// X1 Whatever goes wrong, the answer is no: an input that makes no sense, an unknown agent, a policy
//    that cannot be read, a defect of ours, or no decision in time.

import { isAgentId } from "../agents/agent.ts";
import { BLOCKS, blocked, type HookAnswer, hookAnswer } from "../agents/hook-answer.ts";
import { type HookCall, hookCall, NotACall } from "../agents/hook-call.ts";
import { isEnvironment } from "../policy/environment.ts";
import { Failure } from "../policy/failure.ts";
import { visible, visibleLines } from "../system/terminal-text.ts";
import type { CliContext } from "./context.ts";

const MOST_BYTES = 32 * 1024 * 1024;
/** Sooner than any agent gives up on the hook, which some take for a yes. */
const DEADLINE_MS = 20_000;

/** Answers; returns the exit code. Never throws (X1). */
export async function runHook(
  words: readonly string[],
  context: CliContext,
  deadlineMs = DEADLINE_MS,
  quit = quitSoon,
): Promise<number> {
  const { promise: late, cancel } = deadline(deadlineMs, quit);
  const answer = await Promise.race([answerTo(words, context), late]);
  cancel();
  context.stderr.write(answer.stderr);
  context.stdout.write(answer.stdout);
  return answer.code;
}

/** What hangs would keep the process alive; the answer is written first. */
const quitSoon = (): void => {
  setTimeout(() => process.exit(BLOCKS), 1_000).unref();
};

function deadline(
  ms: number,
  quit: () => void,
): { readonly promise: Promise<HookAnswer>; readonly cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<HookAnswer>((done) => {
    timer = setTimeout(() => {
      quit();
      done(blocked("holdfast: no decision in time; nothing was run"));
    }, ms);
  });
  return { promise, cancel: () => clearTimeout(timer) };
}

async function answerTo(words: readonly string[], context: CliContext): Promise<HookAnswer> {
  const [agent, option, environment, ...more] = words;
  if (agent === undefined || !isAgentId(agent) || agent === "generic")
    return blocked(
      `holdfast: hook: not an agent that it knows: ${visible(words.join(" ")).slice(0, 64)}`,
    );
  const isGiven = option === "-e" && environment !== undefined && isEnvironment(environment);
  if ((option !== undefined && !isGiven) || more.length > 0)
    return blocked(
      `holdfast: hook ${agent}: -e dev, -e staging or -e prod: ${visible(words.slice(1).join(" ")).slice(0, 64)}`,
    );
  let call: HookCall | undefined;
  try {
    call = hookCall(agent, parse(await readAll(context.stdin)));
    const { decideHook } = await import("./hook-decision.ts");
    const { effect, text } = await decideHook(
      call,
      { agent, ...(isGiven ? { environment } : {}) },
      context,
    );
    return hookAnswer(agent, effect, visibleLines(text), eventOf(call));
  } catch (error) {
    return hookAnswer(agent, "blocked", problemText(error), call && eventOf(call));
  }
}

const eventOf = (call: HookCall): string | undefined =>
  call.kind === "edit" ? call.event : undefined;

function problemText(error: unknown): string {
  const nothing = "holdfast: nothing was run, for it could not be checked";
  if (error instanceof NotACall) return `${nothing}: the hook's input: ${error.message}`;
  if (!(error instanceof Failure)) {
    const message = error instanceof Error ? error.message : String(error);
    return `${nothing}: a defect: ${visible(message).slice(0, 300)}`;
  }
  const fix = error.fix === undefined ? "" : `\nfix: ${visible(error.fix)}`;
  return `${nothing}: ${visible(error.message).slice(0, 500)}${fix}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NotACall("it is not JSON");
  }
}

async function readAll(stdin: AsyncIterable<string | Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MOST_BYTES) throw new NotACall("it is too large");
    chunks.push(bytes);
  }
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/^\ufeff/, "");
}
