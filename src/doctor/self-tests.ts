// What session grants stand on, tried out: a Unix socket, and the proof of who calls.
//
// S1 Tried where sessions do it, in the runtime directory; nothing but that directory stays.

import { closeSync, openSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { isAbsolute } from "node:path";
import { randomCode } from "../session/protocol/identity.ts";
import { createChallenge, provenLineage } from "../session/host/proof.ts";
import { sandboxHint } from "../session/caller/sandbox-hint.ts";
import { socketPath } from "../session/protocol/socket-path.ts";
import { because, systemCode } from "../system/http-error.ts";
import { runtimeDirectory } from "../system/places.ts";
import { ensurePrivateDirectory, UnsafeFile } from "../system/safe-file.ts";
import { type Check, type Finding, note, ok, problem } from "./check.ts";
import { isWritable } from "./places.ts";
import type { DoctorWorld } from "./world.ts";

const TIMEOUT_MS = 3000;

/** Runs a test in the runtime directory; where there can be none, another check says why. */
function inRuntimeDirectory(
  run: (directory: string, world: DoctorWorld) => Promise<Finding>,
): Check["run"] {
  return async (world) => {
    if (world.platform === "win32") return note("session grants do not work on Windows", "use WSL");
    try {
      const directory = runtimeDirectory(world.env);
      if (!isAbsolute(directory)) return note(`not tried: ${directory} is not an absolute path`);
      ensurePrivateDirectory(directory);
      if (!isWritable(directory)) return note(`not tried: ${directory} is not writable`);
      return await run(directory, world);
    } catch (error) {
      if (error instanceof UnsafeFile) return note(`not tried: ${error.message}`);
      throw error;
    }
  };
}

async function sockets(_: string, { env }: DoctorWorld): Promise<Finding> {
  const path = socketPath(env, randomCode(32));
  const server = createServer((socket) => socket.end("holdfast"));
  try {
    server.listen(path);
    await once(server, "listening", { signal: AbortSignal.timeout(TIMEOUT_MS) });
    await heard(connect(path));
    return ok("a Unix socket can be bound and connected to");
  } catch (error) {
    return socketProblem(error, env);
  } finally {
    await closed(server);
  }
}

function socketProblem(error: unknown, env: DoctorWorld["env"]): Finding {
  const text = `Unix sockets do not work here (${because(error)}), so no session does`;
  const isForbidden = ["EPERM", "EACCES", "ENOSYS"].includes(systemCode(error) ?? "");
  return problem(
    text,
    isForbidden
      ? sandboxHint("a sandbox forbids them", env)
      : 'put the sockets on a local file system: export HOLDFAST_RUNTIME_DIR="$(mktemp -d)"',
  );
}

async function heard(socket: Socket): Promise<void> {
  try {
    const [chunk] = await once(socket, "data", { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (String(chunk) !== "holdfast") throw new Error("something else answered");
  } finally {
    socket.destroy();
  }
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

async function lineage(directory: string, { processes }: DoctorWorld): Promise<Finding> {
  const challenge = createChallenge(directory);
  try {
    const descriptor = openSync(challenge.file, "r");
    try {
      const chain = await provenLineage(processes, process.pid, challenge.file, process.pid);
      return verdict(processes.proof, chain[0]?.pid === process.pid ? chain.length - 1 : undefined);
    } finally {
      closeSync(descriptor);
    }
  } finally {
    challenge.withdraw();
  }
}

function verdict(proof: "descriptors" | "start-times", ancestors: number | undefined): Finding {
  if (ancestors === undefined)
    return problem(
      "this process could not be proven to be itself",
      "mount /proc, or install ps in /bin",
    );
  const seen = `${ancestors} ${ancestors === 1 ? "ancestor" : "ancestors"}`;
  if (proof === "descriptors") return ok(`proven by descriptors; ${seen}`);
  return note(
    `corroborated by start times, not proven: this platform shows no descriptors; ${seen}`,
  );
}

/** The checks. */
export const SELF_TESTS: readonly Check[] = [
  { id: "sandbox", title: "Unix sockets", run: inRuntimeDirectory(sockets) },
  { id: "lineage", title: "lineage proof", run: inRuntimeDirectory(lineage) },
];
