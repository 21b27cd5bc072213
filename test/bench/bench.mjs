// npm run bench: the ratios that docs/numbers.md names, from one run on this machine. Nothing here
// passes or fails: timings are lines to read.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROUNDS = process.env.BENCH_ROUNDS ?? "25";
const NODE = process.execPath;
const HOLDFAST = resolve("dist/holdfast.cjs");
const HERE = resolve("test/bench");
const scratch = mkdtempSync(join(tmpdir(), "hfb-"));
const config = join(scratch, "c");

const api = spawn(NODE, [HOLDFAST, "demo", "--serve", "--json"], {
  stdio: ["ignore", "pipe", "ignore"],
});
const served = await new Promise((done) => {
  let text = "";
  api.stdout.setEncoding("utf8").on("data", (more) => {
    text += more;
    try {
      done(JSON.parse(text));
    } catch {
      // More is to come.
    }
  });
});
// The environment is this machine's own: what slows every start of Node down (NODE_EXTRA_CA_CERTS,
// say) slows down both sides of a ratio.
const env = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(HOLDFAST|TFE|TF)_/.test(name)),
  ),
  HOME: scratch,
  ...served.environment,
  HOLDFAST_CONFIG_DIR: config,
  HOLDFAST_RUNTIME_DIR: join(scratch, "r"),
};

function run(words, more = {}) {
  const { status, stdout, stderr } = spawnSync(words[0], words.slice(1), {
    env,
    encoding: "utf8",
    ...more,
  });
  if (status !== 0) throw new Error(`${words.join(" ")} ended with ${status}: ${stderr}`);
  return stdout;
}

const sampled = (commands) => [NODE, join(HERE, "sample.mjs"), ROUNDS, JSON.stringify(commands)];
const inSession = (words) => [
  NODE,
  HOLDFAST,
  "harness",
  "exec",
  "--quiet",
  "--allow-delete=workspace-tags",
  "--",
  ...words,
];

const list = JSON.parse(
  run([NODE, HOLDFAST, "api", "/organizations/acme/workspaces", "--page-size", "1"]),
);
const PATH = `/workspaces/${list.data[0].id}/relationships/tags`;
const BODY = JSON.stringify({ data: [{ type: "tags", attributes: { name: "none" } }] });
const GATED = [NODE, HOLDFAST, "api", PATH, "-X", "DELETE", "-i", BODY];
const BARE = [NODE, join(HERE, "bare-delete.cjs"), `/api/v2${PATH}`, BODY];

function row(name, ratio, limit, detail) {
  process.stdout.write(`${name.padEnd(60)} ${ratio.toFixed(2)}  (${limit})  ${detail}\n`);
}
const ms = (value) => `${value.toFixed(1)} ms`;

const both = JSON.parse(run(inSession(sampled({ bare: BARE, gated: GATED }))));
row(
  "a gated delete / the same by a bare Node script",
  both.gated / both.bare,
  "<= 1.25",
  `${ms(both.gated)} / ${ms(both.bare)}`,
);

const start = JSON.parse(
  run(
    sampled({
      node: [NODE, "-e", "0"],
      exec: [NODE, HOLDFAST, "harness", "exec", "--quiet", "--", "true"],
    }),
  ),
);
row(
  "harness exec -- true / node -e 0",
  start.exec / start.node,
  "<= 1.6",
  `${ms(start.exec)} / ${ms(start.node)}`,
);

// Every comparison samples its base before and after: the machine's speed drifts meanwhile.
async function flat(name, words, prepare) {
  const gated = (more) => JSON.parse(run(inSession([...more, ...sampled({ gated: GATED })]))).gated;
  const before = gated([]);
  const undo = await prepare();
  let loaded;
  try {
    loaded = gated(words);
  } finally {
    undo();
  }
  const base = (before + gated([])) / 2;
  row(`a gated delete, ${name} / without`, loaded / base, "<= 1.1", `${ms(loaded)} / ${ms(base)}`);
}

await flat("10,000 stale sessions", [], () => {
  const directory = join(config, "exec");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const files = Array.from({ length: 10_000 }, (_, index) => {
    let token = "";
    for (let rest = index + 1; token.length < 32; rest = Math.floor(rest / 32))
      token += letters[rest % 32];
    const file = join(directory, `${token}.hcl`);
    // This process is not the one that the record names: its start time differs. Swept when found.
    writeFileSync(
      file,
      `version = 1\nid = "AAAAAA"\ntoken = "${token}"\npid = ${process.pid}\nprocess_started = 1\nboot_id = "${boot}"\nuid = ${process.getuid()}\nhostname = "h"\norganization = null\ncreated_at = "2026-01-01T00:00:00Z"\nexpires_at = "2026-01-01T08:00:00Z"\nmax_deletes = null\nallow_delete = ["vars"]\n`,
      { mode: 0o600 },
    );
    return file;
  });
  return () => {
    for (const file of files) rmSync(file, { force: true });
  };
});
await flat("5,000 processes", [], () => {
  const crowd = spawn(
    "sh",
    ["-c", "i=0; while [ $i -lt 5000 ]; do sleep 600 & i=$((i+1)); done; echo up; wait"],
    {
      stdio: ["ignore", "pipe", "ignore"],
      detached: true,
    },
  );
  return new Promise((done) =>
    crowd.stdout.once("data", () => done(() => process.kill(-crowd.pid, "SIGTERM"))),
  );
});
await flat("200 ancestors deep", [NODE, join(HERE, "deep.mjs"), "200"], () => () => {});

const peak = (words) =>
  Number(
    readFileSync(
      run([
        ...words,
        "sh",
        "-c",
        'cat /proc/$PPID/status > "$0"; echo "$0"',
        join(scratch, "status"),
      ]).trim(),
      "utf8",
    ).match(/VmRSS:\s+(\d+)/)[1],
  ) / 1024;
const bareNode = [
  NODE,
  "-e",
  'require("node:child_process").spawn(process.argv[1], process.argv.slice(2), { stdio: "inherit" })',
  "--",
];
const memory = {
  host: peak([NODE, HOLDFAST, "harness", "exec", "--quiet", "--allow-delete=vars", "--"]),
  bare: peak(bareNode),
};
row(
  "memory of the session host / of Node that waits for a child",
  memory.host / memory.bare,
  "<= 1.3",
  `${memory.host.toFixed(0)} MiB / ${memory.bare.toFixed(0)} MiB`,
);

api.kill("SIGTERM");
rmSync(scratch, { recursive: true, force: true });
