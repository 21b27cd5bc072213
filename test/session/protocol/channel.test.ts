import { mkdtempSync, rmSync } from "node:fs";
import { createServer, connect, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Channel, ChannelError } from "../../../src/session/protocol/channel.ts";
import { createIdentity, isSignedByHost } from "../../../src/session/protocol/identity.ts";
import { fuzzRuns, fuzzTimeout } from "../../support/fuzz-runs.ts";

let directory: string;
let server: Server;
let ours: Channel;
let theirs: Socket;

/** Two ends of one connection: ours as a channel, theirs as a bare socket. */
async function connected(): Promise<void> {
  const arrived = new Promise<Socket>((resolve) => server.once("connection", resolve));
  theirs = connect(join(directory, "s"));
  theirs.on("error", () => {});
  ours = new Channel(await arrived);
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "hf-"));
  server = createServer();
  await new Promise<void>((resolve) => server.listen(join(directory, "s"), resolve));
  await connected();
});
afterEach(() => {
  ours.destroy();
  theirs.destroy();
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

async function whyOf(hearing: Promise<unknown>): Promise<string> {
  try {
    return `heard ${JSON.stringify(await hearing)}`;
  } catch (error) {
    if (error instanceof ChannelError) return error.why;
    throw error;
  }
}

describe("lines", () => {
  it("come whole, in their order, however they were cut", async () => {
    for (const piece of ['{"a"', ":1}\n{", '"b":2}', "\n3\n"]) {
      theirs.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([await ours.hear(1000), await ours.hear(1000), await ours.hear(1000)]).toEqual([
      { a: 1 },
      { b: 2 },
      3,
    ]);
    expect(ours.transcript).toBe('{"a":1}\n{"b":2}\n3\n');
  });

  it.each([
    ["no JSON", "hello\n", "malformed"],
    ["nothing", "\n", "malformed"],
    ["half a line and the end", '{"a":', "closed"],
    ["a line without end", "x".repeat(300 * 1024), "malformed"],
  ])("%s: %s", async (_, text, why) => {
    theirs.end(text);
    expect(await whyOf(ours.hear(5000))).toBe(why);
  });

  it("silence is no answer", async () => {
    expect(await whyOf(ours.hear(20))).toBe("timeout");
    theirs.write("1\n");
    expect(await whyOf(ours.hear(20))).toMatch(/timeout|heard 1/);
  });

  it("hundreds that nobody asked for are too many", async () => {
    const closed = new Promise((resolve) => theirs.once("close", resolve));
    theirs.write("1\n".repeat(500));
    await closed;
    let heard = 0;
    while ((await whyOf(ours.hear(100))).startsWith("heard")) heard++;
    expect(heard).toBeLessThanOrEqual(500);
  });

  it("a conversation is over some time", async () => {
    const line = `"${"x".repeat(200 * 1024)}"\n`;
    for (let n = 0; n < 5; n++) {
      theirs.write(line);
      expect(await whyOf(ours.hear(5000))).toMatch(/^heard/);
    }
    theirs.write(line);
    expect(await whyOf(ours.hear(5000))).toBe("malformed");
  });

  it(
    "no bytes at all make it throw anything but ChannelError",
    async () => {
      const pieces = fc.array(
        fc.oneof(
          fc.uint8Array({ maxLength: 50 }),
          fc.json().map((text) => new TextEncoder().encode(`${text}\n`)),
          fc
            .json()
            .map((text) =>
              new TextEncoder().encode(`{"message":${JSON.stringify(text)},"signature":"x"}\n`),
            ),
        ),
        { maxLength: 6 },
      );
      await fc.assert(
        fc.asyncProperty(pieces, async (all) => {
          await connected();
          for (const piece of all) theirs.write(piece);
          theirs.end();
          for (let n = 0; n < 8; n++) await whyOf(ours.hear(1000));
          expect(await whyOf(ours.hear(1000))).toMatch(/closed|malformed|heard/);
          expect(await whyOf(ours.hearSigned(() => true, 1000))).toMatch(/closed|malformed|heard/);
          ours.destroy();
        }),
        { numRuns: fuzzRuns(4) },
      );
    },
    fuzzTimeout(10),
  );
});

describe("K2: a signature is over everything that was said", () => {
  const host = createIdentity();
  const genuine = (transcript: string, signature: string) =>
    isSignedByHost(host.token, host.publicKey, transcript, signature);
  const signed = (transcript: string, message: string) =>
    `${JSON.stringify({ message, signature: host.sign(`${transcript}${message}\n`) })}\n`;

  it("both ends keep the same transcript", async () => {
    ours.say({ type: "hello" });
    const said = ours.transcript;
    theirs.write(signed(said, '{"type":"done"}'));
    expect(await ours.hearSigned(genuine, 1000)).toEqual({ type: "done" });
    expect(ours.transcript).toBe('{"type":"hello"}\n{"type":"done"}\n');
  });

  it.each([
    ["an answer of another conversation", (said: string) => signed(`${said}x`, '{"type":"go"}')],
    ["an answer to nothing", () => signed("", '{"type":"go"}')],
    ["a word changed", (said: string) => signed(said, '{"type":"no"}').replace("no", "go")],
    ["a blank more", (said: string) => signed(said, '{"type":"go"}').replace("go", "go ")],
    ["no signature", () => '{"message":"{\\"type\\":\\"go\\"}"}\n'],
    ["an empty signature", () => '{"message":"{\\"type\\":\\"go\\"}","signature":""}\n'],
    ["no envelope", () => '{"type":"go"}\n'],
    ["null", () => "null\n"],
    ["a message that is no text", () => '{"message":{"type":"go"},"signature":"x"}\n'],
  ])("%s is refused", async (_, make) => {
    ours.say({ type: "hello", nonce: "1" });
    theirs.write(make(ours.transcript));
    expect(await whyOf(ours.hearSigned(genuine, 1000))).toBe("malformed");
  });

  it("the same answer twice is refused the second time", async () => {
    ours.say({ type: "hello" });
    const answer = signed(ours.transcript, '{"type":"go"}');
    theirs.write(answer + answer);
    expect(await ours.hearSigned(genuine, 1000)).toEqual({ type: "go" });
    expect(await whyOf(ours.hearSigned(genuine, 1000))).toBe("malformed");
  });
});

describe("the end", () => {
  it("comes to the other side after the last words", async () => {
    let heard = "";
    theirs.setEncoding("utf8").on("data", (text) => {
      heard += text;
    });
    const closed = new Promise((resolve) => theirs.once("close", resolve));
    ours.say({ last: "words" });
    ours.close();
    await closed;
    expect(heard).toBe('{"last":"words"}\n');
  });

  it("comes also where the other side neither reads nor ends", async () => {
    const stubborn = new Promise<Socket>((resolve) => server.once("connection", resolve));
    const other = connect({ path: join(directory, "s"), allowHalfOpen: true });
    other.on("error", () => {});
    const socket = await stubborn;
    const channel = new Channel(socket);
    other.pause();
    for (let n = 0; n < 100; n++) channel.say({ text: "x".repeat(100_000) });
    const closed = new Promise((resolve) => socket.once("close", resolve));
    channel.close();
    await closed;
    other.destroy();
  });
});
