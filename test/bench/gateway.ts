// The gateway's part of npm run bench, bundled and started by gateway.mjs: a tool call beside the bare
// binary, one after the other in turn; and decisions in one process.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { decide } from "../../src/policy/decide.ts";
import { operationDigest } from "../../src/policy/digest.ts";
import type { KubectlOperation } from "../../src/policy/operation.ts";
import { combine } from "../../src/policy/policy-combine.ts";
import { rulingOn } from "../../src/policy/ruling.ts";
import { startCluster } from "../support/kubernetes.ts";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 25);
const HOLDFAST = process.argv[2] ?? "";
const scratch = realpathSync(mkdtempSync(join(tmpdir(), "hfb-")));
const config = join(scratch, "c");
const work = join(scratch, "work");

const row = (name: string, value: string, aim: string, detail: string) =>
  process.stdout.write(`${name.padEnd(60)} ${value}  (${aim})  ${detail}\n`);
const median = (values: number[]) =>
  values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const ms = (value: number) => `${value.toFixed(1)} ms`;

async function timed(action: () => unknown): Promise<number> {
  const from = performance.now();
  await action();
  return performance.now() - from;
}

/** Both, in turn; the ratio of their medians. */
async function beside(
  name: string,
  aim: string,
  bare: () => unknown,
  tool: () => Promise<unknown>,
  rounds = ROUNDS,
): Promise<void> {
  const times: { bare: number[]; tool: number[] } = { bare: [], tool: [] };
  for (let round = 0; round < rounds; round++) {
    times.bare.push(await timed(bare));
    times.tool.push(await timed(tool));
  }
  const [one, other] = [median(times.bare), median(times.tool)];
  row(name, (other / one).toFixed(2), aim, `${ms(other)} / ${ms(one)}`);
}

function module(name: string, text: string): string {
  const directory = join(work, name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "main.tf"), text);
  execFileSync("terraform", ["init", "-no-color"], { cwd: directory, stdio: "ignore" });
  return directory;
}

/** Asynchronously: the cluster's stand-in lives in this process. */
async function bare(program: string, words: readonly string[], cwd = scratch): Promise<void> {
  const child = spawn(program, words, { cwd, stdio: "ignore" });
  const [status] = await once(child, "close");
  if (status !== 0) throw new Error(`${program} ${words.join(" ")} ended with ${status}`);
}

for (const each of [config, work]) mkdirSync(each, { recursive: true, mode: 0o700 });
const cluster = await startCluster();
const kubeconfig = cluster.kubeconfig(join(scratch, "kubeconfig"));
writeFileSync(
  join(config, "policy.yaml"),
  `version: 1\nenvironments:\n  dev:\n    kubernetes: { kubeconfig: ${kubeconfig}, context: test }\n`,
  { mode: 0o600 },
);
const small = module("small", 'resource "terraform_data" "one" { input = "x" }\n');
const large = module(
  "large",
  'resource "terraform_data" "many" {\n  count = 3000\n  input = "x"\n}\n',
);
const client = new Client({ name: "bench", version: "1" });
await client.connect(
  new StdioClientTransport({
    command: process.execPath,
    args: [HOLDFAST, "gateway", "serve", "-e", "dev"],
    env: {
      PATH: process.env.PATH ?? "",
      HOME: scratch,
      HOLDFAST_CONFIG_DIR: config,
      HOLDFAST_RUNTIME_DIR: join(scratch, "r"),
    },
    cwd: work,
    stderr: "ignore",
  }),
);
const call = (name: string, given: Record<string, unknown>) => async () => {
  const { isError, content } = await client.callTool({ name, arguments: given });
  if (isError) throw new Error(JSON.stringify(content));
};

const get = ["--kubeconfig", kubeconfig, "--context", "test", "get", "pods", "-n", "shop"];
await beside(
  "kubectl_get / kubectl get",
  "<= 1.3",
  () => bare("kubectl", get),
  call("kubectl_get", { kind: "pods", namespace: "shop" }),
);
const plan = (directory: string) => () =>
  bare("terraform", ["plan", "-input=false", "-no-color", `-out=${scratch}/bare`], directory);
const both = (directory: string) => async () => {
  await plan(directory)();
  await bare("terraform", ["show", "-json", `${scratch}/bare`], directory);
};
const few = Math.max(3, Math.ceil(ROUNDS / 5));
for (const [size, directory] of [
  ["1 resource", small],
  ["3,000 resources", large],
] as const) {
  const tool = call("terraform_plan", { directory });
  await beside(`terraform_plan / terraform plan, ${size}`, "<= 1.1", plan(directory), tool, few);
  const what = `terraform_plan / terraform plan and show -json, ${size}`;
  await beside(what, "", both(directory), tool, few);
}
await client.close();

const operation: KubectlOperation = {
  kind: "kubectl",
  title: "Delete pod",
  impact: "destroy",
  reversibility: "depends",
  items: 1,
  resourceClass: "kubernetes:pods",
  served: "prod",
  target: { hostname: "cluster:6443", path: "/shop/pods/web-0", id: "web-0" },
  kubectl: {
    verb: "delete",
    executable: "/usr/bin/kubectl",
    args: ["delete", "pods", "web-0", "--namespace=shop"],
    kubeconfig,
    context: "test",
    server: "https://cluster:6443",
    objects: [{ class: "kubernetes:pods", name: "web-0", namespace: "shop" }],
    environment: {},
    files: {},
  },
};
const policy = combine([]);
const session = { standing: "outside" } as const;
const count = 20_000;
const spent = await timed(() => {
  for (let each = 0; each < count; each++) {
    operationDigest(operation);
    const facts = { session, person: { present: false }, ruling: rulingOn(operation, policy) };
    decide(operation, facts);
  }
});
row(
  "digest, ruling and decision, in one process",
  "    ",
  "",
  `${Math.round((count / spent) * 1000)} a second`,
);
await cluster.close();
rmSync(scratch, { recursive: true, force: true });
