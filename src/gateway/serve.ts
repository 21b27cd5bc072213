// `holdfast gateway serve`: the gateway's door for the command line.
//
// S1 stdout carries the protocol and nothing else; whatever keeps the gateway from starting is said on
//    stderr, before anything is served.
// S2 A signal, or the client's going, ends what reads, and waits for what changes something: it says
//    so. A second signal asks those to stop, too, and still waits.

import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import { visible } from "../system/terminal-text.ts";
import { stdioBanner } from "./banner.ts";
import { type Gateway, openGateway } from "./gateway.ts";
import { createServer } from "./server.ts";
import type { Serving } from "./serving.ts";
import { LineTransport } from "./stdio.ts";

export interface ServeOptions {
  /** As typed: checked here. */
  readonly environment: string | undefined;
  /** Path of one more policy file, as typed. */
  readonly policy?: string | undefined;
  /** A port of 127.0.0.1, 0 for any; stdio where it is not given. */
  readonly listen?: string | undefined;
  /** The doctor's directory: see gate/rehearsal.ts. No flag that people are told of. */
  readonly rehearsal?: string | undefined;
}

export interface ServeContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: { write(text: string): unknown };
  readonly version: string;
}

/** Serves until the client goes away, or a signal ends it. @throws Failure, exit 1, at start */
export async function serveGateway(
  { environment, policy, listen, rehearsal }: ServeOptions,
  context: ServeContext,
): Promise<ExitCode> {
  const { stderr } = context;
  const tell = (line: string) => stderr.write(`holdfast: ${visible(line)}\n`);
  const gateway = await openGateway(environment, policy, {
    ...{ ...context, tell },
    ...(rehearsal === undefined ? {} : { rehearsal }),
  });
  const ended =
    listen === undefined ? serveLines(gateway, context) : await serveHttp(gateway, listen, context);
  endOnSignals(gateway, ended.close);
  await ended.over;
  gateway.calls.leaveAll();
  sayWaiting(gateway);
  await gateway.calls.idle();
  return EXIT.ok;
}

function serveLines(gateway: Gateway, { stdin, stdout, stderr }: ServeContext): Serving {
  const transport = new LineTransport(stdin, stdout);
  const over = new Promise<void>((done) => {
    transport.onEnd = done;
  });
  stderr.write(stdioBanner(gateway));
  serveStdio(() => createServer(gateway), { transport });
  return { over, close: () => void transport.close() };
}

async function serveHttp(
  gateway: Gateway,
  listen: string,
  { stderr }: ServeContext,
): Promise<Serving> {
  const { listenAt } = await import("./listen.ts");
  return listenAt(listen, gateway, (text) => stderr.write(text));
}

/** S2; the process ends with the gateway, and its handlers with it. */
function endOnSignals(gateway: Gateway, close: () => void): void {
  let isSecond = false;
  const onSignal = () => {
    if (isSecond) gateway.calls.cancelAll();
    isSecond = true;
    close();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  process.on("SIGHUP", onSignal);
}

function sayWaiting({ calls, tell }: Gateway): void {
  const writing = calls.writing();
  if (writing.length > 0)
    tell(`waiting for ${writing.join(", ")} to come to an end; again to ask it to stop`);
}
