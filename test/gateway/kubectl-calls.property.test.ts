// Whatever an agent sends: an error that says so, or a command of our own making.

import { writeFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { KubectlOperation } from "../../src/policy/operation.ts";
import { fuzzRuns, fuzzTimeout } from "../support/fuzz-runs.ts";
import { type GatewayYard, makeGatewayYard } from "../support/gateway-context.ts";
import { toolNamed } from "../support/kubectl-yard.ts";

let yard: GatewayYard;
beforeAll(() => {
  yard = makeGatewayYard();
  const config = {
    clusters: [{ name: "c", cluster: { server: "https://cluster.example:6443" } }],
    contexts: [{ name: "test", context: { cluster: "c", user: "u" } }],
  };
  writeFileSync(yard.path("kubeconfig"), JSON.stringify(config), { mode: 0o600 });
  // It lists no kinds, and would do nothing.
  yard.file("kubectl", "#!/bin/sh\nexit 0\n", 0o755);
});
afterAll(() => yard.close());

const EVIL = [
  ...["--all", "--all-namespaces", "-A", "-f", "--", "-", "--server=https://evil.example"],
  ...[
    "--raw=/api/v1/secrets",
    "--context=prod",
    "--kubeconfig=/evil",
    "--token=x",
    "-n=kube-system",
  ],
  ...["a b", "a\nb", "a\0b", "pods,secrets", "pods/x", "../x", "", "*", "$(id)", "ns/kube-system"],
];
const GOOD = [
  "pods",
  "deploy",
  "Secret",
  "ns",
  "web-0",
  "default",
  "kube-system",
  "a=b",
  "5m",
  "x.y",
];
const word = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...GOOD) },
  fc.constantFrom(...EVIL),
  fc.string({ maxLength: 12 }),
  fc.constantFrom(...EVIL).chain((evil) => fc.constantFrom(...GOOD).map((good) => good + evil)),
);
const value = fc.oneof(
  { weight: 9, arbitrary: word },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
);
const input = fc.record(
  {
    kind: fc.oneof({ weight: 3, arbitrary: fc.constantFrom("pods", "deploy", "Secret") }, value),
    name: value,
    namespace: value,
    selector: value,
    output: fc.constantFrom("json", "yaml", "wide", "--all", "go-template={{.}}"),
    pod: value,
    container: value,
    tail: fc.oneof(fc.integer({ min: -2, max: 9 }), value),
    since: value,
    replicas: fc.oneof(fc.integer({ min: -1, max: 3 }), value),
    command: fc.oneof(fc.array(word, { maxLength: 3 }), value),
  },
  { requiredKeys: ["kind", "name", "pod", "command", "replicas"] },
);
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  kubectl_get: ["kind", "name", "namespace", "selector", "output"],
  kubectl_describe: ["kind", "name", "namespace"],
  kubectl_logs: ["pod", "namespace", "container", "tail", "since"],
  kubectl_delete: ["kind", "name", "namespace"],
  kubectl_scale: ["kind", "name", "replicas", "namespace"],
  kubectl_exec: ["pod", "command", "namespace", "container"],
};

const OURS =
  /^(?:--(?:kubeconfig|context|cache-dir)=\/?[^\n]+|--namespace=[a-z0-9-]+|--request-timeout=60s|get|describe|logs|delete|scale|exec|--output=(?:json|wide|name)|--selector=[^-][^\n]*|--tail=\d+|--since=[0-9hms]+|--container=[a-z0-9-]+|--wait=false|--replicas=\d+)$/;

function checkWords({ kubectl }: KubectlOperation): void {
  const { verb, args, objects } = kubectl;
  const dashes = args.indexOf("--");
  const before = args.slice(0, dashes);
  const pod = verb === "exec" ? before.pop() : undefined;
  for (const each of before) expect(each).toMatch(OURS);
  for (const each of [...(pod === undefined ? args.slice(dashes + 1) : [pod])])
    expect(each).toMatch(/^[a-z0-9A-Z][A-Za-z0-9.:@_+=-]*$/);
  expect(args[0]).toBe(`--kubeconfig=${yard.path("kubeconfig")}`);
  expect(args[1]).toBe("--context=test");
  const [first] = objects;
  const said = args.find((each) => each.startsWith("--namespace="));
  expect(said).toBe(first?.namespace === undefined ? undefined : `--namespace=${first.namespace}`);
}

it(
  "A1: nothing that is given becomes a flag, and nothing crashes",
  async () => {
    const kubernetes = {
      kubeconfig: yard.path("kubeconfig"),
      context: "test",
      namespaces: [],
      executable: yard.path("kubectl"),
    };
    const context = yard.context({ rules: { kubernetes } });
    let operations = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(FIELDS)), input, async (name, fields) => {
        const tool = toolNamed(name);
        const own = Object.entries(fields).filter(([each]) => FIELDS[name]?.includes(each));
        const parsed = tool.input.safeParse(Object.fromEntries(own));
        if (!parsed.success) return;
        try {
          const { operation } = await tool.call(parsed.data, context);
          checkWords(operation as KubectlOperation);
          operations++;
        } catch (error) {
          expect(error).toMatchObject({ name: "Failure" });
        }
      }),
      { numRuns: fuzzRuns(0.3) },
    );
    expect(operations).toBeGreaterThan(5);
  },
  fuzzTimeout(20),
);
