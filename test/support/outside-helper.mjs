// Runs outside the tests' own process tree (outside.ts says why): starts what it is told to over one
// Unix socket, line by line, and ends with the connection: outside-helper.mjs SOCKET TERMINALS
//
//   in   {op: "start", id, words, env, cwd}             pipes, no terminal
//   in   {op: "terminal", id, words, env, cwd}          below what waits at a terminal of the pool
//   in   {op: "new-terminal", id, words, env, cwd}      the leader of a session with a new pty
//   in   {op: "write", id, text} | {op: "hang-up", id} | {op: "lineage", id}
//   out  {id, pid} | {id, text} | {id, error} | {id, code, signal} | {id, lineage} | {id, ready}

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { spawn as spawnAtTerminal } from "@lydell/node-pty";

const WAITING = fileURLToPath(new URL("outside-terminal.pl", import.meta.url));
const SIZE = { cols: 200, rows: 50, name: "xterm" };

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

/** Passes on what happens at a pty; `ending` says how it ended where its leader's end does not. */
function watch(id, pty, ending, end) {
  pty.onData((text) => tell({ id, text }));
  pty.onExit(({ exitCode, signal }) => {
    const { code, by } = ending() ?? { code: exitCode, by: signal };
    tell({ id, code, signal: by || null });
    running.delete(id);
  });
  running.set(id, {
    write: (text) => pty.write(text),
    // Not pty.destroy(), which sends a signal of its own besides the terminal's.
    hangUp: () => pty._socket.destroy(),
    end,
  });
}

function startAtNewTerminal({ id, words, env, cwd }) {
  const [file, ...args] = words;
  const pty = spawnAtTerminal(file, args, { env, cwd, ...SIZE });
  tell({ id, pid: pty.pid });
  watch(
    id,
    pty,
    () => undefined,
    () => pty.kill("SIGKILL"),
  );
}

/** How many terminals are open at the start. */
const POOL = Number(process.argv[3]);
/** Those that wait, oldest first; and whoever waits for one. */
const open = [];
const wanted = [];
const opening = new Map();
let opened = 0;

function openTerminal() {
  const number = String(++opened);
  const env = { PATH: process.env.PATH, LANG: process.env.LANG };
  const words = [WAITING, `${process.argv[2]}t`, number];
  opening.set(number, spawnAtTerminal("perl", words, { env, cwd: "/", ...SIZE }));
}

const terminals = createServer((leader) => {
  let terminal;
  leader.on("error", () => {});
  createInterface({ input: leader }).on("line", (line) => {
    const [what, one, other] = line.split(" ");
    if (what === "open") {
      terminal = { pty: opening.get(one), leader };
      open.push(terminal);
      wanted.shift()?.();
      if (open.length === POOL) tell({ id: 0, ready: true });
    } else if (what === "started") terminal.started(Number(one));
    else if (what === "ended") terminal.ended({ code: Number(one), by: Number(other) });
  });
});
terminals.listen(`${process.argv[2]}t`, () => {
  for (let count = 0; count < POOL; count += 1) openTerminal();
});

const hexadecimal = (word) => `x${Buffer.from(word).toString("hex")}`;

async function startAtTerminal({ id, words, env, cwd }) {
  if (open.length === 0) await new Promise((done) => wanted.push(done));
  const terminal = open.shift();
  openTerminal();
  let child;
  let ending;
  terminal.started = (pid) => {
    child = pid;
    tell({ id, pid });
  };
  terminal.ended = (found) => {
    ending = found;
  };
  watch(
    id,
    terminal.pty,
    () => ending,
    () => {
      if (child !== undefined && ending === undefined) process.kill(child, "SIGKILL");
      terminal.pty.kill("SIGKILL");
    },
  );
  const variables = Object.entries({ ...env, PWD: cwd, TERM: SIZE.name });
  const said = [
    cwd,
    String(variables.length),
    ...variables.map((each) => each.join("=")),
    ...words,
  ];
  terminal.leader.write(`${said.map(hexadecimal).join(" ")}\n`);
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
  else if (message.op === "terminal") void startAtTerminal(message);
  else if (message.op === "new-terminal") startAtNewTerminal(message);
  else if (message.op === "lineage") lineage(message.id);
  else if (message.op === "write") target?.write(message.text);
  else if (message.op === "hang-up") target?.hangUp();
});
socket.on("error", () => {});
socket.on("close", () => {
  for (const each of running.values()) each.end();
  process.exit();
});
