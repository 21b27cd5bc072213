// Every field of a policy file does something: walks the schema, and fails on a field that nothing reads.
//
// F1 Two files that differ in one field alone make two policies, or one is refused.
// F2 What a field says is looked at: by a ruling, by a store, or by a source file that reads the property
//    that it becomes.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { policyJsonSchema } from "../../src/policy/policy-schema-json.ts";
import { POLICY_FIELDS } from "../../src/policy/policy-fields.ts";
import { combine } from "../../src/policy/policy-combine.ts";
import { parsePolicy } from "../../src/policy/policy-file.ts";
import { rulingOn } from "../../src/policy/ruling.ts";
import type { Operation } from "../../src/policy/operation.ts";
import { commandOf, hcpOf, kubectlOf, terraformOf } from "../support/subjects.ts";

/** Every field of the schema that holds a value, as the table writes it. */
function leaves(schema: unknown, path = ""): string[] {
  const { properties, additionalProperties, items, anyOf } = schema as {
    properties?: Record<string, unknown>;
    additionalProperties?: unknown;
    items?: unknown;
    anyOf?: unknown[];
  };
  const below = (name: string) => (path === "" ? name : `${path}.${name}`);
  const found = [
    ...Object.entries(properties ?? {}).flatMap(([name, inner]) => leaves(inner, below(name))),
    ...(typeof additionalProperties === "object"
      ? leaves(additionalProperties, below("NAME"))
      : []),
    ...(items === undefined ? [] : leaves(items, `${path}[]`)),
    ...(anyOf ?? []).flatMap((form) => leaves(form, path)),
  ];
  const named = path.replace(/^environments\.(dev|staging|prod)/, "environments.ENV");
  return found.length > 0 ? [...new Set(found)] : [named];
}

const LEAVES = [...new Set(leaves(policyJsonSchema()))];

const RULE = "rules: [{id: x, effect: deny, ";
const op = { served: "prod" } as const;
const update = { action: "update", type: "t", address: "a" } as const;
const apply = terraformOf("apply", { served: "dev", workspace: "w", changes: [update] });
const hcp = hcpOf("PATCH", "/organizations/acme/workspaces/web", { organization: "acme" });
const pod = kubectlOf("scale", [["pods", "a", "shop"]], { served: "dev", replicas: 2 });
const postgres = "approvals: {store: {postgres: 'postgres://a@h/d'}}\n";

/** For a field that a ruling looks at: a file with it, and an operation about which that file says more. */
const RULINGS: Readonly<Record<string, readonly [with_: string, operation: Operation]>> = {
  "environments.ENV.hostnames[]": ["environments: {prod: {hostnames: ['*.terraform.io']}}", hcp],
  "environments.ENV.organizations[]": ["environments: {prod: {organizations: [acme]}}", hcp],
  "environments.ENV.contexts[]": ["environments: {prod: {contexts: [minikube]}}", pod],
  "environments.ENV.workspaces[]": ["environments: {prod: {workspaces: [w]}}", apply],
  "environments.ENV.changes": ["environments: {prod: {changes: deny}}", hcpOf("POST", "/x", op)],
  "environments.ENV.destroys": [
    "environments: {prod: {destroys: deny}}",
    hcpOf("DELETE", "/x", { ...op, impact: "destroy" }),
  ],
  "environments.ENV.unknown": ["environments: {prod: {unknown: deny}}", commandOf(["x"], op)],
  "environments.ENV.approvers": [
    `${postgres}environments: {prod: {approvers: 2}}`,
    hcpOf("POST", "/x", op),
  ],
  "environments.ENV.protected.namespaces[]": [
    "environments: {dev: {protected: {namespaces: [shop]}}}",
    pod,
  ],
  "environments.ENV.protected.workspaces[]": [
    "environments: {dev: {protected: {workspaces: [w]}}}",
    apply,
  ],
  "irreversible[]": ["irreversible: [workspaces]", hcp],
  "rules[].id": [`${RULE}kinds: [hcp]}]`, hcp],
  "rules[].effect": [`${RULE}kinds: [hcp]}]`, hcp],
  "rules[].because": [`${RULE}because: of it, kinds: [hcp]}]`, hcp],
  "rules[].environments[]": [`${RULE}environments: [dev]}]`, pod],
  "rules[].kinds[]": [`${RULE}kinds: [kubectl]}]`, pod],
  "rules[].impacts[]": [`${RULE}impacts: [change]}]`, pod],
  "rules[].actions[]": [`${RULE}actions: [scale]}]`, pod],
  "rules[].classes[]": [`${RULE}classes: ['kubernetes:*']}]`, pod],
  "rules[].names[]": [`${RULE}names: [a]}]`, pod],
  "rules[].scopes[]": [`${RULE}scopes: [shop]}]`, pod],
  "rules[].places[]": [`${RULE}places: [minikube]}]`, pod],
  "rules[].arguments[]": [`${RULE}arguments: ['-f']}]`, commandOf(["git", "-f"])],
};

const TOOLS = ["gateway", "operations"];

/** Reads one property of a section of an environment, with a dot or by taking it apart. */
const ofSection = (section: string, name: string) =>
  new RegExp(
    `rules\\.${section}\\.${name}\\b|\\{[^}]*\\b${name}\\b[^}]*\\} = (\\w+\\.)?rules\\.${section}\\b`,
  );

/** For a field that something else looks at: a file with it, and the property that it becomes. */
const READERS: Readonly<
  Record<string, readonly [with_: string, reader: RegExp, rooms: readonly string[]]>
> = {
  "approvals.store": [postgres, /\bstore\.kind\b/, ["gate"]],
  "approvals.store.postgres": [postgres, /\bstore\.(url|kind)\b|\{[^}]*\burl\b/, ["gate"]],
  "approvals.store.password_file": [
    "approvals: {store: {postgres: 'postgres://a@h/d', password_file: /x}}",
    /passwordFile/,
    ["gate", "grants"],
  ],
  "approvals.approvers": [
    "approvals: {store: {postgres: 'postgres://a@h/d'}, approvers: 2}",
    /\bapprovers\b/,
    ["gate"],
  ],
  "approvals.wait_for_answer": [
    "approvals: {wait_for_answer: 1h}",
    /pendingMs/,
    ["gate", "grants"],
  ],
  "approvals.use_within": ["approvals: {use_within: 1m}", /usableMs/, ["gate", "grants"]],
  "approvals.webhooks[].url": [
    "approvals: {webhooks: [{url: 'https://a/', secret_file: /x}]}",
    /\burl\b/,
    ["gate"],
  ],
  "approvals.webhooks[].secret_file": [
    "approvals: {webhooks: [{url: 'https://a/', secret_file: /x}]}",
    /secretFile/,
    ["gate"],
  ],
  "approvals.webhooks[].after": [
    "approvals: {webhooks: [{url: 'https://a/', secret_file: /x, after: 1m}]}",
    /afterMs/,
    ["gate"],
  ],
  "commands.pass[]": ["commands: {pass: [A]}", /commands\.pass\b/, ["cli", "gate"]],
  ...Object.fromEntries(
    ["defaults", "agents.NAME"].flatMap((whose) =>
      ["security", "ask", "fallback"].map((knob) => [
        `commands.${whose}.${knob}`,
        [
          `commands: {${whose.replace(".NAME", ": {x")}: {${knob}: ${knob === "ask" ? "always" : "full"}}${whose === "defaults" ? "" : "}"}}`,
          new RegExp(`knobs\\.${knob}\\b`),
          ["policy"],
        ] as const,
      ]),
    ),
  ),
  "environments.ENV.plan_ttl": ["environments: {prod: {plan_ttl: 1m}}", /\bplanMs\b/, TOOLS],
  "environments.ENV.pass[]": ["environments: {prod: {pass: [A]}}", /rules\.pass\b/, TOOLS],
  ...Object.fromEntries(
    [
      ["terraform", "executable", "/x"],
      ["terraform", "roots", "[/x]"],
      ["kubernetes", "executable", "/x"],
      ["kubernetes", "kubeconfig", "/x"],
      ["kubernetes", "context", "x"],
      ["kubernetes", "namespaces", "[x]"],
      ["shell", "roots", "[/x]"],
    ].map(([section = "", name = "", value = ""]) => [
      `environments.ENV.${section}.${name}${value.startsWith("[") ? "[]" : ""}`,
      [
        `environments: {prod: {${section}: {${name}: ${value}}}}`,
        ofSection(section, name),
        TOOLS,
      ] as const,
    ]),
  ),
};

/** Checked when the file is read; policy-environments.test.ts has each of them. */
const isExample = (path: string) => /^rules\[\]\.(match|not_match)\[\]/.test(path);

const sources = (rooms: readonly string[]): string[] =>
  rooms.flatMap((room) =>
    readdirSync(join("src", room), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join("src", room, file), "utf8")),
  );

const read = (text: string) => combine([parsePolicy(`version: 1\n${text}`, "/p.yaml")]);

describe("every field of the schema", () => {
  it("is in the table, and the table has no other", () => {
    const known = new Set(POLICY_FIELDS.map(({ path }) => path));
    expect(LEAVES.filter((path) => !known.has(path))).toEqual([]);
    const all = new Set(
      LEAVES.flatMap((path) =>
        path.split(/(?=\.|\[)/).map((_, i, parts) => parts.slice(0, i + 1).join("")),
      ),
    );
    expect([...known].filter((path) => !all.has(path))).toEqual([]);
  });

  it("is read by a rule or by somebody who is named here", () => {
    const named = new Set([...Object.keys(RULINGS), ...Object.keys(READERS), "version"]);
    expect(LEAVES.filter((path) => !named.has(path) && !isExample(path))).toEqual([]);
  });

  it.each(Object.entries(RULINGS))(
    "F1, F2: %s makes a difference to a ruling",
    (_, [text, operation]) => {
      expect(rulingOn(operation, read(text))).not.toEqual(
        rulingOn(operation, read(text.startsWith(postgres) ? postgres : "")),
      );
    },
  );

  it.each(Object.entries(READERS))(
    "F1, F2: %s is carried, and read",
    (_, [text, reader, rooms]) => {
      const { files: _files, ...policy } = read(text);
      const { files: __files, ...plain } = read("");
      expect(policy).not.toEqual(plain);
      expect(sources(rooms).some((source) => reader.test(source))).toBe(true);
    },
  );
});
