// Whoever is no client: lines that are no messages, and requests that bring no token or come from a
// web page.

import { readFileSync } from "node:fs";
import { runProgram } from "../../gate/executors/program.ts";
import {
  allOf,
  type Check,
  type CheckGroup,
  couldNotRun,
  failed,
  passed,
  type Verdict,
} from "./check.ts";
import { connectHttp } from "./connection.ts";
import { runHoldfast, type Stage, serveWords } from "./stage.ts";

const FRAMES = [
  ...["not json", "null", "42", "[]", "{}", '{"jsonrpc":"1.0","id":1,"method":"ping"}'],
  '{"jsonrpc":"2.0","id":{},"method":"ping"}',
  '{"jsonrpc":"2.0","id":1,"method":7}',
  `${"[".repeat(200)}${"]".repeat(200)}`,
  "\u0000\ufffe",
];

async function malformedFrames(stage: Stage): Promise<Verdict> {
  const input = FRAMES.map((frame) => `${frame}\n`).join("");
  const { exitCode, stdout, stderr } = await runHoldfast(stage, serveWords(stage), { input });
  if (exitCode !== 0)
    return failed(`it ended with ${exitCode ?? "a signal"}: ${stderr.trim().split("\n").at(-1)}`);
  const codes = stdout.split("\n").flatMap((line) => {
    const code = /"code":(-\d+)/.exec(line)?.[1];
    return code === undefined ? [] : [code];
  });
  const isKnown = codes.every((code) => code === "-32700" || code === "-32600");
  if (codes.length !== FRAMES.length || !isKnown)
    return failed(`${FRAMES.length} lines that are no messages, ${codes.length} answers`);
  return passed(`${codes.length} answered with -32700 or -32600, none fatal`);
}

interface Listening {
  readonly url: string;
  readonly token: string;
}

/** Runs with a gateway that listens; ends it afterwards. */
async function whileListening(
  stage: Stage,
  run: (listening: Listening) => Promise<Verdict>,
): Promise<Verdict> {
  const { holdfast, place, signal } = stage;
  const [executable, ...args] = holdfast;
  const stop = new AbortController();
  let said = "";
  const listening = deferred<Listening | undefined>();
  const ended = runProgram({
    ...{ executable, cwd: place.work, env: place.env, onAbort: "kill" },
    args: [...args, ...serveWords(stage, "--listen", "0")],
    signal: AbortSignal.any([signal, stop.signal]),
    timeoutMs: 30_000,
    onLine: (line) => {
      said += `${line}\n`;
      const url = /https?:\/\/127\.0\.0\.1:\d+\S*/.exec(said)?.[0];
      const file = /^\s*token\s+(\S[^:]*):/m.exec(said)?.[1];
      if (url !== undefined && file !== undefined)
        listening.resolve({ url, token: readFileSync(file, "utf8").trim() });
    },
  }).then((ending) => {
    listening.resolve(undefined);
    return ending;
  });
  try {
    const found = await listening.promise;
    if (found === undefined) return couldNotRun(`it does not listen: ${said.split("\n")[0]}`);
    return await run(found);
  } finally {
    stop.abort();
    await ended;
  }
}

function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

const PING = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });

/** What the gateway answers to one request by hand. */
async function statusOf(
  { url }: Listening,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<number> {
  const { request } = await import("node:http");
  return new Promise((done, fail) => {
    const asked = request(url, {
      ...{ method: "POST", signal, timeout: 10_000 },
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...headers,
      },
    });
    asked.once("error", fail);
    asked.once("timeout", () => asked.destroy(new Error("no answer in time")));
    asked.once("response", (response) => {
      response.resume();
      done(response.statusCode ?? 0);
    });
    asked.end(PING);
  });
}

const http = (stage: Stage): Promise<Verdict> =>
  whileListening(stage, async (listening) => {
    const { signal } = stage;
    const authorization = `Bearer ${listening.token}`;
    const expect = async (what: string, wanted: number, headers: Record<string, string>) => {
      const status = await statusOf(listening, headers, signal);
      return status === wanted ? passed(`${what}: ${status}`) : failed(`${what}: ${status}`);
    };
    const refused = allOf([
      await expect("no token", 401, {}),
      await expect("another token", 401, { authorization: "Bearer AAAA" }),
      await expect("the token as a cookie", 401, { cookie: `token=${listening.token}` }),
      await expect("another site", 403, { authorization, origin: "https://evil.invalid" }),
      await expect("another host", 403, { authorization, host: "evil.invalid" }),
    ]);
    if (refused.verdict !== "passed") return refused;
    const client = await connectHttp(listening.url, listening.token, signal);
    try {
      const theirs = (await client.tools()).map(({ name }) => name).sort();
      const ours = (await stage.gateway.tools()).map(({ name }) => name).sort();
      return JSON.stringify(theirs) === JSON.stringify(ours)
        ? passed(
            `without the token 401, from another site 403; with it the same ${ours.length} tools`,
          )
        : failed("it offers other tools than over stdio");
    } finally {
      await client.close();
    }
  });

const CHECKS: readonly Check[] = [
  { id: "frames", name: "malformed lines do not end it", run: malformedFrames },
  { id: "http", name: "over HTTP nobody enters without the token", run: http },
];

/** The checks. */
export const PROTOCOL: CheckGroup = { title: "protocol", checks: CHECKS };
