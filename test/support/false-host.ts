// What an orphan can put in the place of a host that is gone: it says yes to everything.

import { generateKeyPairSync, sign } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { eachLine, type FalseHost } from "./wire.ts";

const YES: Readonly<Record<string, object>> = {
  reserve: { type: "allowed", session: "AAAAAA", by: "name" },
  peek: { type: "allowed", session: "AAAAAA", by: "name" },
  sending: { type: "go" },
  result: { type: "recorded" },
};

/** Takes the path and answers there. */
export function listenFalsely(host: FalseHost): Promise<void> {
  rmSync(host.path, { force: true });
  const server = createServer((socket) => {
    socket.on("error", () => {});
    behave(socket, host);
  });
  return new Promise((resolve) => server.listen(host.path, resolve));
}

function behave(socket: Socket, host: FalseHost): void {
  if (host.manner === "mute") return;
  if (host.manner === "relay") {
    const onward = connect(host.to ?? "");
    onward.on("error", () => socket.destroy());
    socket.pipe(onward).pipe(socket);
    return;
  }
  if (host.manner === "replay") {
    const lines = [...(host.lines ?? [])];
    eachLine(socket, () => socket.write(`${lines.shift() ?? ""}\n`));
    return;
  }
  sayYes(socket, host);
}

function sayYes(socket: Socket, host: FalseHost): void {
  const pair = generateKeyPairSync("ed25519");
  const own = pair.publicKey.export({ type: "spki", format: "der" }).toString("base64");
  let transcript = "";
  eachLine(socket, (line) => {
    transcript += `${line}\n`;
    const { type } = JSON.parse(line);
    if (type === "hello") {
      const file = join(dirname(host.path), "proof-false");
      writeFileSync(file, "");
      const key = host.publicKey ?? own;
      const challenge = JSON.stringify({ type: "challenge", file, key });
      transcript += `${challenge}\n`;
      socket.write(`${challenge}\n`);
      return;
    }
    const message = JSON.stringify(YES[type] ?? { type: "done" });
    transcript += `${message}\n`;
    const signature = sign(null, Buffer.from(transcript), pair.privateKey).toString("base64");
    socket.write(`${JSON.stringify({ message, signature })}\n`);
  });
}
