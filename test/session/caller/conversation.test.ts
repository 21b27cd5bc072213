import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Conversation, NoConversation } from "../../../src/session/caller/conversation.ts";
import { createIdentity } from "../../../src/session/protocol/identity.ts";
import { type LiveSession, openLiveSession } from "../../support/live-session.ts";
import { eachLine } from "../../support/wire.ts";

async function whyOf(opening: Promise<unknown>): Promise<string> {
  try {
    await opening;
  } catch (error) {
    if (error instanceof NoConversation) return `${error.why}: ${error.message}`;
    throw error;
  }
  return "a conversation";
}

describe("with a live host", () => {
  let session: LiveSession;
  beforeEach(async () => {
    session = await openLiveSession({ classes: ["vars"] });
  });
  afterEach(() => session.close());
  const open = (token = session.token) =>
    Conversation.open(session.socket, token, session.world.env);

  it("asks and is answered", async () => {
    const conversation = await open();
    const answer = await conversation.ask({ type: "describe" });
    expect(answer).toMatchObject({ type: "description", description: { classes: ["vars"] } });
    conversation.close();
  });

  it("K1: another token's host is not this token's", async () => {
    const conversation = await open(createIdentity().token);
    expect(await whyOf(conversation.ask({ type: "describe" }))).toBe(
      "not-live: the answer was not signed by the session's host",
    );
  });

  it("N4: leaves no proof file behind, and none open", async () => {
    const before = readdirSync("/proc/self/fd").length;
    for (let n = 0; n < 20; n++) {
      const conversation = await open();
      await conversation.ask({ type: "describe" });
      conversation.close();
      (await open()).close();
    }
    await expect
      .poll(() => readdirSync(dirname(session.socket)).filter((name) => name.startsWith("proof-")))
      .toEqual([]);
    await expect.poll(() => readdirSync("/proc/self/fd").length).toBeLessThanOrEqual(before);
  });

  it("a host that has ended is not live", async () => {
    const conversation = await open();
    session.host.close();
    expect(await whyOf(conversation.ask({ type: "describe" }))).toMatch(/^not-live/);
    expect(await whyOf(open())).toBe("not-live: its host is gone");
  });

  it("a directory for sockets that is open to others is refused", async () => {
    chmodSync(dirname(session.socket), 0o755);
    expect(await whyOf(open())).toMatch(/^record-refused: .* is open to other users/);
    chmodSync(dirname(session.socket), 0o700);
  });
});

describe("C1, C2: with whatever else answers", () => {
  let directory: string;
  let server: Server;
  const sockets: Socket[] = [];
  const { token } = createIdentity();
  const path = () => join(directory, "s.sock");
  const open = () => Conversation.open(path(), token, {});

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "hf-"));
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Serves the path; `say` makes the reply to each line. */
  async function serve(say: (line: string, socket: Socket) => string | undefined): Promise<void> {
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => {});
      eachLine(socket, (line) => {
        const reply = say(line, socket);
        if (reply !== undefined) socket.write(reply);
      });
    });
    await new Promise<void>((resolve) => server.listen(path(), resolve));
  }

  it.each([
    ["no JSON", "hello\n"],
    ["null", "null\n"],
    ["a number", "7\n"],
    ["a list", "[]\n"],
    ["a challenge without a file", '{"type":"challenge","key":"x"}\n'],
    ["a file elsewhere", '{"type":"challenge","file":"/etc/passwd","key":"x"}\n'],
    ["a file above", '{"type":"challenge","file":"DIR/../x","key":"x"}\n'],
    ["a file that is not there", '{"type":"challenge","file":"DIR/proof-x","key":"x"}\n'],
    ["a link", '{"type":"challenge","file":"DIR/link","key":"x"}\n'],
    ["a NUL in the name", '{"type":"challenge","file":"DIR/\\u0000","key":"x"}\n'],
    ["an endless line", `"${"x".repeat(300 * 1024)}`],
  ])("%s for a challenge: not live", async (_, reply) => {
    symlinkSync("/etc/passwd", join(directory, "link"));
    await serve(() => reply.replaceAll("DIR", directory));
    expect(await whyOf(open())).toMatch(/^not-live/);
  });

  it.each(['{"type":"allowed"}\n', '{"message":"{}","signature":"x"}\n', "\n", "[]\n"])(
    "%j for an answer: not live",
    async (answer) => {
      writeFileSync(join(directory, "proof"), "");
      const challenge = { type: "challenge", file: join(directory, "proof"), key: "x" };
      await serve((line) => (line.includes("hello") ? `${JSON.stringify(challenge)}\n` : answer));
      const conversation = await open();
      expect(await whyOf(conversation.ask({ type: "describe" }))).toMatch(/^not-live/);
    },
  );

  it("a named pipe for a proof does not hold us up", async () => {
    const { execFileSync } = await import("node:child_process");
    execFileSync("mkfifo", ["-m", "600", join(directory, "proof")]);
    const challenge = { type: "challenge", file: join(directory, "proof"), key: "x" };
    await serve((_, socket) => {
      socket.end(`${JSON.stringify(challenge)}\n`);
      return undefined;
    });
    const conversation = await open();
    expect(await whyOf(conversation.ask({ type: "describe" }))).toMatch(/^not-live/);
  });

  it("one that hangs up at once is not live", async () => {
    await serve((_, socket) => {
      socket.destroy();
      return undefined;
    });
    expect(await whyOf(open())).toMatch(/^not-live: the connection/);
  });

  it.each<[string, (path: string) => void]>([
    ["a file", (at) => writeFileSync(at, "")],
    ["a directory", (at) => mkdirSync(at)],
    ["a dangling link", (at) => symlinkSync("nowhere", at)],
    ["nothing", () => {}],
  ])("%s for a socket is not live", async (_, put) => {
    put(path());
    expect(await whyOf(open())).toMatch(/^not-live: its host /);
  });
});
