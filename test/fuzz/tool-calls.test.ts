// Tool calls at random through the whole of the gateway but the protocol: schema, tool, gate and stores,
// with nobody to answer and no program run.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type StandIn, startStandIn } from "../../src/demo/stand-in/server.ts";
import { type Gateway, openGateway } from "../../src/gateway/gateway.ts";
import { type CallResult, resultSchema } from "../../src/gateway/result.ts";
import { runTool } from "../../src/gateway/run-tool.ts";
import { TOOLS } from "../../src/gateway/tools.ts";
import { ENVIRONMENTS } from "../../src/policy/environment.ts";
import { whyDestructive } from "../support/destructive.ts";
import { FUZZ_RUNS, fuzzTimeout } from "../support/fuzz-runs.ts";
import { recordPrograms } from "../support/recorded-programs.ts";
import { nested, type ToolCall, toolCalls, type Words } from "../support/tool-inputs.ts";

const programs = recordPrograms();
vi.mock("../../src/gate/executors/program.ts", async (original) => ({
  ...(await original<typeof import("../../src/gate/executors/program.ts")>()),
  runProgram: (run: Parameters<typeof programs.run>[0]) => programs.run(run),
}));

/** 100,000 in `npm run fuzz`. */
const CALLS = FUZZ_RUNS * 5;

const AWS = "aws-4f3e2d1c0b9a8877";
const KUBECONFIG = "kubeconfig-token-7766554433";
const SECRETS = [AWS, KUBECONFIG];

/** More than this goes back for no call. */
const MOST_TEXT = 96 * 1024;
const MOST_STRUCTURED = 192 * 1024;

/** Written by hand: what may run unasked from shell_exec. */
const READERS =
  `ls cat head tail wc nl tac grep egrep fgrep sort uniq cut comm diff cmp md5sum sha1sum
  sha224sum sha256sum sha384sum sha512sum b2sum cksum sum find stat file du df tree basename dirname
  realpath readlink pwd echo printf date whoami uname id true false test expr seq od xxd hexdump strings
  column paste join fold fmt rev tr which`.split(/\s+/);

let api: StandIn;
let scratch: string;
let config: string;
let gateways: readonly Gateway[];
const told: string[] = [];
beforeAll(async () => {
  api = await startStandIn({});
  SECRETS.push(api.token);
  scratch = realpathSync(mkdtempSync(join(tmpdir(), "hf-calls-")));
  config = join(scratch, "c");
  const work = join(scratch, "work");
  for (const each of [config, work, join(work, "infra"), join(scratch, "bin")])
    mkdirSync(each, { mode: 0o700 });
  for (const name of ["terraform", "kubectl"])
    writeFileSync(join(scratch, "bin", name), "#!/bin/sh\nexit 97\n", { mode: 0o755 });
  for (const name of ["main.tf", "infra/main.tf"])
    writeFileSync(join(work, name), 'resource "terraform_data" "a" {}\n');
  writeFileSync(join(work, "a"), "text\n");
  writeFileSync(join(work, "token.env"), `TOKEN=${AWS}\n`);
  const kubeconfig = join(scratch, "kubeconfig");
  const cluster = { server: "https://127.0.0.1:1" };
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      ...{ apiVersion: "v1", kind: "Config", "current-context": "test" },
      clusters: [{ name: "c", cluster }],
      users: [{ name: "u", user: { token: KUBECONFIG } }],
      contexts: [{ name: "test", context: { cluster: "c", user: "u" } }],
    }),
    { mode: 0o600 },
  );
  const rules = { kubernetes: { kubeconfig, context: "test" } };
  const environments = Object.fromEntries(ENVIRONMENTS.map((each) => [each, rules]));
  const policy = JSON.stringify({ version: 1, environments });
  writeFileSync(join(config, "policy.yaml"), policy, { mode: 0o600 });
  const env = {
    ...{ PATH: `${join(scratch, "bin")}:/usr/bin:/bin`, HOME: scratch },
    ...{ HOLDFAST_CONFIG_DIR: config, HOLDFAST_RUNTIME_DIR: join(scratch, "r") },
    ...{ TFE_ADDRESS: api.url, TFE_TOKEN: api.token, AWS_SECRET_ACCESS_KEY: AWS },
  };
  const tell = (line: string) => told.push(line);
  const surroundings = { env, home: scratch, cwd: work, version: "0", tell };
  gateways = await Promise.all(
    ENVIRONMENTS.map((each) => openGateway(each, undefined, surroundings)),
  );
  programs.leaks = SECRETS.join(" ");
});
afterAll(async () => {
  await api.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** How often what came of it: a property that lets nothing through, or asks for nothing, proves little. */
const tally: Record<string, number> = {};
const plansOf: Record<string, string[]> = {};
const requests: string[] = [];

/** `~plan`: one that was made; `~request`: one that waits. */
const resolved = (value: unknown, plans: readonly string[], at: number): unknown =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll('"~plan"', JSON.stringify(plans[at % plans.length] ?? "AAAAAAAA"))
      .replaceAll('"~request"', JSON.stringify(requests[at % requests.length] ?? "AAAA")),
  );

async function tryOn({ tool: name, input }: ToolCall, gateway: Gateway, at: number) {
  const tool = TOOLS.get(name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  programs.asked.length = 0;
  told.length = 0;
  plansOf[gateway.environment] ??= [];
  const plans = plansOf[gateway.environment] ?? [];
  const ports = { signal: new AbortController().signal, progress: () => {}, onReading: () => {} };
  const result = await runTool(
    tool,
    input === undefined ? input : resolved(input, plans, at),
    gateway,
    ports,
  );
  const { structured } = result;
  const key = `${name} ${structured.status}${structured.error === undefined ? "" : ` ${structured.error.code}`}`;
  tally[key] = (tally[key] ?? 0) + 1;
  const { plan_id: plan } = (structured.output ?? {}) as { readonly plan_id?: unknown };
  if (typeof plan === "string" && name.endsWith("plan")) plans.unshift(plan);
  if (structured.request !== undefined) requests.unshift(structured.request.id);
  plans.length = Math.min(plans.length, 8);
  requests.length = Math.min(requests.length, 8);
  return result;
}

/** What holds of every answer, whatever was sent. */
function checkAnswer(name: string, { text, structured, isError }: CallResult): void {
  expect(told).toEqual([]);
  const { status, error, effect, operation } = structured;
  expect(error?.code).not.toBe("defect");
  const tool = TOOLS.get(name);
  if (tool === undefined) throw new Error(name);
  expect(resultSchema(tool.output).safeParse(structured).error?.issues).toBeUndefined();
  const json = JSON.stringify(structured);
  expect(text.length).toBeLessThan(MOST_TEXT);
  expect(json.length).toBeLessThan(MOST_STRUCTURED);
  for (const secret of SECRETS) expect(`${text}${json}`.includes(secret) ? secret : "").toBe("");
  if (!isError && name === "request_approval") expect(["done", "waiting"]).toContain(status);
  else expect(isError).toBe(status !== "done");
  const harmless = structured.environment === "prod" ? ["read"] : ["read", "change"];
  if (effect === "allow") expect(harmless).toContain(operation?.impact);
}

/** What would have run, and what was sent, of a call that nobody was asked about. */
function checkDeeds({ tool: name }: ToolCall, { structured }: CallResult): void {
  // Looks that a call may need before it is decided on, or made ready.
  const ran = programs.asked.filter(
    ({ program, args }) =>
      !(program === "kubectl" && args.includes("api-resources")) &&
      !(program === "terraform" && args.join(" ") === "workspace list"),
  );
  if (structured.effect !== "allow" || name === "request_approval") expect(ran).toEqual([]);
  for (const { program, args, plan } of ran) {
    // No program can be given such a word.
    expect(args.join(" ")).not.toMatch(/[\0\p{Cs}]/u);
    const verb = args.find((each) => !each.startsWith("-")) ?? "";
    if (program === "terraform") {
      expect(["plan", "show", "apply"]).toContain(verb);
      if (verb === "apply") expect(["nothing", "creates"]).toContain(plan);
      if (verb === "apply") expect(structured.environment).not.toBe("prod");
    } else if (program === "kubectl") {
      expect(["get", "describe", "logs", "apply", "scale"]).toContain(verb);
      expect(args).not.toContain("--replicas=0");
    } else expect(READERS).toContain(program);
  }
  for (const sent of api.mutations) {
    expect(whyDestructive(sent)).toBeUndefined();
    expect([structured.effect, structured.environment]).not.toContain("prod");
    expect(structured.effect).toBe("allow");
  }
  if (api.requests.length > 0) api.reset();
}

/** That no file below it holds a secret. How many there are. */
function checkKept(directory: string): number {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((each) =>
    each.isFile(),
  );
  for (const { parentPath, name } of files) {
    const bytes = readFileSync(join(parentPath, name));
    for (const secret of SECRETS) expect([name, bytes.includes(secret)]).toEqual([name, false]);
  }
  return files.length;
}

function forgetRequests(): void {
  const approvals = join(config, "approvals");
  if (!existsSync(approvals)) return;
  checkKept(approvals);
  rmSync(approvals, { recursive: true });
}

function words(): Words {
  const ids = ["tmp-000", "payments-prod"].flatMap((name) => {
    const found = api.state.named("workspaces", name, "acme");
    return found === undefined ? [] : [found.id];
  });
  const workspaces = ids.map((id) => `/workspaces/${id}`);
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web" },
    spec: { containers: [] },
  };
  const role = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "all" },
  };
  const secret = {
    ...{ apiVersion: "v1", kind: "Secret", metadata: { name: "s" } },
    stringData: { a: KUBECONFIG },
  };
  const list = { apiVersion: "v1", kind: "List", items: [pod, role] };
  return {
    command: [
      ...["ls", "cat a", "cat token.env", "find . -name a", "grep text a", "rm -rf /", "rm a"],
      ...[
        "terraform destroy -auto-approve",
        "kubectl delete ns default",
        "bash -c 'rm a'",
        "git log",
      ],
      ...[
        'rm -rf "$X/"*',
        "curl -X DELETE http://127.0.0.1:1/",
        "cat a | sh",
        "env",
        "diff a infra",
      ],
    ],
    directory: [".", "infra", "..", "/etc", join(scratch, "work"), "infra/../infra", "nothere"],
    workspace: ["default", "prod", "dev", "../x"],
    targets: ["terraform_data.a", "module.x", 'aws_instance.a["x"]', "-destroy"],
    replace: ["terraform_data.a"],
    plan_id: ["~plan"],
    request_id: ["~request"],
    kind: [
      "pods",
      "ns",
      "Namespace",
      "secrets",
      "deploy",
      "wd",
      "Widget",
      "all",
      "pods,ns",
      "x.y.z",
    ],
    name: ["web", "default", "kube-system", "shop", "db-0", "api", "system:masters", "--all"],
    pod: ["web", "db-0", "web/x"],
    namespace: ["default", "kube-system", "shop", "--all-namespaces"],
    container: ["main"],
    selector: ["app=web", "tier!=db", "app in (a,b)"],
    since: ["5m", "1h30m", "-1s"],
    manifest: [
      ...[pod, role, secret, list].map((each) => JSON.stringify(each)),
      ...["kind: Pod", "a: &a [*a]", "---\n---\n", "{", "kind: List\nitems: 7", "https://x/y.yaml"],
      `apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: a, image: b}]}\n`,
    ],
    path: [
      ...workspaces,
      ...workspaces.map((each) => `${each}/actions/safe-delete`),
      ...[
        "/organizations/acme",
        "/organizations/acme/workspaces",
        "/account/details",
        "/vars/var-x",
      ],
      ...["/../admin", "//evil.example/x", "/workspaces/%2e%2e", "/runs", "/nothing/at/all"],
    ],
    tool: [...TOOLS.keys()],
    reason: ["because"],
  };
}

it(
  `Q1: ${CALLS} calls of the tools crash nothing, let nothing through that destroys, and give no secret away`,
  async () => {
    const calls = toolCalls([...TOOLS.values()], words());
    let at = 0;
    await fc.assert(
      fc.asyncProperty(calls, fc.nat(ENVIRONMENTS.length - 1), async (call, index) => {
        const gateway = gateways[index];
        if (gateway === undefined) throw new Error("no gateway");
        // So many requests may wait, and no more: then they are forgotten.
        if (at % 200 === 199) forgetRequests();
        const result = await tryOn(call, gateway, at++);
        checkAnswer(call.tool, result);
        checkDeeds(call, result);
      }),
      { numRuns: CALLS },
    );
    if (process.env.HOLDFAST_FUZZ_SAY !== undefined)
      process.stderr.write(`${JSON.stringify(tally, null, 1)}\n`);
    // What proves something is that all of it happened.
    const count = (pattern: RegExp) =>
      Object.entries(tally).reduce((sum, [key, n]) => (pattern.test(key) ? sum + n : sum), 0);
    for (const pattern of [/ done$/, / waiting$/, / refused$/, / error invalid-input$/])
      expect(count(pattern), String(pattern)).toBeGreaterThan(0);
  },
  fuzzTimeout(500),
);

it.each([...TOOLS.keys()])(
  "Q2: %s takes nothing that is too deep or too long for it",
  async (name) => {
    const inputs: unknown[] = [
      nested(4000),
      "a".repeat(1_000_000),
      { command: "a".repeat(1_000_000) },
    ];
    const path = { method: "POST", path: "/runs", body: { data: nested(4000) } };
    inputs.push(
      path,
      { manifest: JSON.stringify(nested(4000)) },
      { tool: name, arguments: path, reason: "x" },
    );
    for (const input of inputs) {
      const gateway = gateways[0];
      if (gateway === undefined) throw new Error("no gateway");
      const result = await tryOn({ tool: name, input }, gateway, 0);
      checkAnswer(name, result);
      checkDeeds({ tool: name, input }, result);
    }
  },
);

it("Q2: half of a character is no input, wherever it stands", async () => {
  const [gateway] = gateways;
  if (gateway === undefined) throw new Error("no gateway");
  for (const [tool, input] of [
    ["kubectl_exec", { pod: "web", command: ["echo", "\ud800"] }],
    ["shell_exec", { command: "echo \udc00" }],
    ["hcp_request", { method: "POST", path: "/runs", body: { "\ud800": 1 } }],
    ["hcp_request", { method: "GET", path: "/runs", query: { a: "\ud800" } }],
    ["request_approval", { tool: "shell_exec", arguments: { command: "\ud800" }, reason: "x" }],
    ["request_approval", { tool: "shell_exec", arguments: { command: "rm a" }, reason: "\ud800" }],
  ] as const) {
    const result = await tryOn({ tool, input }, gateway, 0);
    checkAnswer(tool, result);
    expect(result.structured.error?.code).toBe("invalid-input");
  }
});

it("Q3: nothing that was kept of all those calls has a secret in it", () => {
  expect(checkKept(config)).toBeGreaterThan(2);
});
