// A process that does what a test tells it: started inside a session, it plays an agent that wants
// to get its task done. Usage: node program.cjs TEST-SOCKET NAME

import { type ChildProcess, spawn } from "node:child_process";
import { connect } from "node:net";
import { RawConversation } from "./raw-conversation.ts";
import { listenFalsely } from "./false-host.ts";
import { finished } from "./stage.ts";
import { eachLine, type FalseHost, type Introduction } from "./wire.ts";

const [testSocket = "", name = ""] = process.argv.slice(2);
const control = connect(testSocket);
const jobs: ChildProcess[] = [];
const ends: Promise<unknown>[] = [];
const conversations: RawConversation[] = [];

/** What a test says; each action reads what it needs. */
interface Order {
  readonly id: number;
  readonly do: string;
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string | null>>;
  readonly job: number;
  readonly signal: NodeJS.Signals;
  readonly handle: number;
  readonly message: object;
  readonly text: string;
  readonly introduction: Introduction;
  readonly host: FalseHost;
}

const ACTIONS: Readonly<Record<string, (order: Order) => unknown>> = {
  facts: () => ({ pid: process.pid, ppid: process.ppid, env: process.env }),
  start: ({ words, env }) => {
    const child = spawn(process.execPath, words, {
      env: { ...process.env, ...withoutNulls(env) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    ends.push(finished(child));
    return { job: jobs.push(child) - 1, pid: child.pid };
  },
  join: ({ job }) => ends[job],
  kill: ({ job, signal }) => jobs[job]?.kill(signal),
  open: async ({ introduction }) => {
    const conversation = await RawConversation.open(introduction);
    const handle = conversations.push(conversation) - 1;
    return { handle, challenge: conversation.challenge };
  },
  say: ({ handle, message }) => conversations[handle]?.say(message),
  sayRaw: ({ handle, text }) => conversations[handle]?.sayRaw(text),
  end: ({ handle }) => conversations[handle]?.end(),
  lines: ({ handle }) => conversations[handle]?.lines,
  listen: ({ host }) => listenFalsely(host),
};

/** A null stands for a variable that is taken away. */
function withoutNulls(env: Readonly<Record<string, string | null>> = {}) {
  return Object.fromEntries(Object.entries(env).map(([key, value]) => [key, value ?? undefined]));
}

async function obey(order: Order): Promise<void> {
  try {
    const result = (await ACTIONS[order.do]?.(order)) ?? null;
    control.write(`${JSON.stringify({ id: order.id, result })}\n`);
  } catch (error) {
    control.write(`${JSON.stringify({ id: order.id, error: String(error) })}\n`);
  }
}

control.on("connect", () => control.write(`${JSON.stringify({ name })}\n`));
control.on("error", () => process.exit(0));
control.on("close", () => process.exit(0));
eachLine(control, (line) => void obey(JSON.parse(line)));
