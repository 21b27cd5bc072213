// Runs outside the tests' own process tree (outside.ts says why): starts what it is told to over one
// Unix socket, line by line, and ends with the connection.
//
//   in   {op: "start", id, words, env, cwd}             pipes, no terminal
//   in   {op: "terminal", id, words, env, cwd}          the leader of a session with a new pty
//   in   {op: "write", id, text} | {op: "hang-up", id} | {op: "lineage", id}
//   out  {id, pid} | {id, text} | {id, error} | {id, code, signal} | {id, lineage}

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { spawn as spawnAtTerminal } from "@lydell/node-pty";

const socket = connect(process.argv[2]);
const tell = (message) => socket.write(`${JSON.stringify(message)}\n`);
const running = new Map();

function start({ id, words, env, cwd }) {
  const [file, ...args] = words;
  const child = spawn(file, args, { env, cwd, stdio: ["pipe", "pipe", "pipe"] });
  tell({ id, pid: child.pid });
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => tell({ id, text }));
  child.stdin.on("error", () => {});
  child.on("error", (error) => tell({ id, error: error.message, code: null, signal: null }));
  child.on("exit", (code, signal) => tell({ id, code, signal }));
  running.set(id, {
    write: (text) => child.stdin.write(text),
    hangUp: () => child.stdin.end(),
    end: () => child.kill("SIGKILL"),
  });
}

function startAtTerminal({ id, words, env, cwd }) {
  const [file, ...args] = words;
  const pty = spawnAtTerminal(file, args, { env, cwd, cols: 200, rows: 50, name: "xterm" });
  let isOver = false;
  tell({ id, pid: pty.pid });
  pty.onData((text) => tell({ id, text }));
  pty.onExit(({ exitCode, signal }) => {
    isOver = true;
    tell({ id, code: exitCode, signal: signal || null });
  });
  running.set(id, {
    write: (text) => pty.write(text),
    // Not pty.destroy(), which sends a signal of its own besides the terminal's.
    hangUp: () => pty._socket.destroy(),
    end: () => isOver || pty.kill("SIGKILL"),
  });
}

function lineage(id) {
  const names = [];
  for (let pid = process.ppid; pid > 0; ) {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    names.push({ pid, name: /^Name:\t(.*)$/m.exec(status)?.[1] ?? "" });
    pid = Number(/^PPid:\t(\d+)$/m.exec(status)?.[1] ?? 0);
  }
  tell({ id, lineage: names });
}

createInterface({ input: socket }).on("line", (line) => {
  const message = JSON.parse(line);
  const target = running.get(message.id);
  if (message.op === "start") start(message);
  else if (message.op === "terminal") startAtTerminal(message);
  else if (message.op === "lineage") lineage(message.id);
  else if (message.op === "write") target?.write(message.text);
  else if (message.op === "hang-up") target?.hangUp();
});
socket.on("error", () => {});
socket.on("close", () => {
  for (const each of running.values()) each.end();
  process.exit();
});
