// Says one thing to a running session's host, as whoever it is started by and wherever, and prints
// what came of it. The words of the protocol, and nothing of ours between: no surface's own checks.
//
//   node program.cjs ID MESSAGE     MESSAGE is JSON; prints `said: ` and the answer as JSON

import { homedir } from "node:os";
import { listSessions } from "../../src/grants/session-store.ts";
import { Conversation } from "../../src/session/caller/conversation.ts";
import { socketPath } from "../../src/session/protocol/socket-path.ts";
import { sessionDirectory } from "../../src/system/places.ts";

async function visit(id: string, message: string): Promise<string> {
  const { env } = process;
  const found = listSessions(sessionDirectory(env, homedir())).flatMap((each) =>
    "record" in each && each.record.id === id ? [each.record] : [],
  );
  const [record] = found;
  if (record === undefined) return "no such session";
  const path = socketPath(env, record.token);
  const conversation = await Conversation.open(path, record.token, env);
  const answer = await conversation.ask(JSON.parse(message));
  conversation.close();
  return JSON.stringify(answer);
}

const [id = "", message = ""] = process.argv.slice(2);
visit(id, message).then(
  (said) => process.stdout.write(`said: ${said}\n`),
  (error: Error) => process.stdout.write(`said: ${error.name}: ${error.message}\n`),
);
