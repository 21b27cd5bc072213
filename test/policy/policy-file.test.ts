import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ASK, SECURITY } from "../../src/policy/allowlist.ts";
import { Failure } from "../../src/policy/failure.ts";
import { combine } from "../../src/policy/policy-combine.ts";
import { LONGEST_POLICY, parsePolicy } from "../../src/policy/policy-file.ts";
import { FUZZ_RUNS, fuzzTimeout } from "../support/fuzz-runs.ts";

const FULL = `# ours
version: 1
approvals:
  store:
    postgres: postgres://agent@db.example.com:5433/holdfast
    password_file: /home/me/.config/holdfast/db-password
  approvers: 2
  wait_for_answer: 1d12h
  use_within: 15m
  webhooks:
    - url: https://hooks.example.com/holdfast
      secret_file: /home/me/.config/holdfast/hook-secret
    - url: http://127.0.0.1:8080/pager?team=a
      secret_file: /home/me/.config/holdfast/pager-secret
      after: 10m
commands:
  pass: [AWS_PROFILE, aws_region]
  defaults: {security: allowlist, ask: on-miss, fallback: deny}
  agents:
    claude-code: {security: full}
    "*": {ask: off}
`;

function failureOf(text: string): Failure {
  try {
    parsePolicy(text, "/p.yaml");
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error(`it was taken: ${text.slice(0, 200)}`);
}

describe("a policy file", () => {
  it("is read, each field as what it says", () => {
    expect(parsePolicy(FULL, "/etc/holdfast/policy.yaml")).toEqual({
      file: "/etc/holdfast/policy.yaml",
      store: {
        kind: "postgres",
        url: "postgres://agent@db.example.com:5433/holdfast",
        passwordFile: "/home/me/.config/holdfast/db-password",
      },
      approvers: 2,
      pendingMs: 36 * 3_600_000,
      usableMs: 15 * 60_000,
      webhooks: [
        {
          url: "https://hooks.example.com/holdfast",
          secretFile: "/home/me/.config/holdfast/hook-secret",
          afterMs: 0,
        },
        {
          url: "http://127.0.0.1:8080/pager?team=a",
          secretFile: "/home/me/.config/holdfast/pager-secret",
          afterMs: 600_000,
        },
      ],
      pass: ["AWS_PROFILE", "aws_region"],
      defaults: { security: "allowlist", ask: "on-miss", fallback: "deny" },
      agents: { "claude-code": { security: "full" }, "*": { ask: "off" } },
    });
  });

  it("may say next to nothing, in any YAML style, with CRLF and a byte order mark", () => {
    for (const text of [
      "version: 1",
      "{version: 1}\n",
      "---\nversion: 1\n...\n",
      "\ufeffversion: 1\r\ncommands: {}\r\n",
    ])
      expect(parsePolicy(text, "/p.yaml")).toEqual({
        file: "/p.yaml",
        webhooks: [],
        agents: {},
        defaults: {},
      });
  });

  it("`off` and `on` are words, as YAML 1.2 has them", () => {
    expect(parsePolicy("version: 1\ncommands: {defaults: {ask: off}}", "/p").defaults.ask).toBe(
      "off",
    );
    expect(failureOf("version: 1\ncommands: {defaults: {ask: on}}").message).toContain(
      'ask is "on"',
    );
  });

  it("Y1: an unknown key is an error that names key, file and line, and the key that was meant", () => {
    for (const [text, line, key, meant] of [
      ["vresion: 1", 1, "vresion", "version"],
      ["version: 1\napprovals:\n  approver: 2", 3, "approver", "approvers"],
      ["version: 1\napprovals:\n  waitForAnswer: 2h", 3, "waitForAnswer", "wait_for_answer"],
      ["version: 1\napprovals:\n  store:\n    postgress: x", 4, "postgress", "postgres"],
      [
        "version: 1\napprovals:\n  webhooks:\n    - url: https://a.test\n      secretfile: /x",
        5,
        "secretfile",
        "secret_file",
      ],
      ["version: 1\ncommands:\n  agents:\n    x:\n      scurity: deny", 5, "scurity", "security"],
    ] as const) {
      const { code, message, fix, exitCode } = failureOf(text);
      expect({ code, exitCode }).toEqual({ code: "policy-malformed", exitCode: 7 });
      expect(message).toContain(`/p.yaml:${line}: unknown key "${key}"`);
      expect(fix).toBe(`did you mean ${meant}?`);
    }
  });

  it("Y1: where no key is near, the known ones are listed", () => {
    expect(failureOf("version: 1\ncommands:\n  defaults:\n    askFallback: on").fix).toContain(
      "known here: security, ask, fallback",
    );
  });

  it.each([
    ["version: 2", 1, "version is 2, not 1"],
    ["version: '1'", 1, 'version is "1", not 1'],
    ["commands: {}", 1, "version is missing"],
    ["", 1, "it is empty"],
    ["# nothing\n", 1, "it is empty"],
    ["- 1", 1, "it is a list"],
    ["version: 1\ncommands:", 2, "commands is empty, not a mapping"],
    ["version: 1\napprovals: {store: mysql}", 2, 'approvals.store is "mysql"'],
    ["version: 1\napprovals:\n  store: {}", 3, "approvals.store.postgres is missing"],
    ["version: 1\napprovals:\n  store: {postgres: 'postgres://h/'}", 3, "not a URL like"],
    ["version: 1\napprovals:\n  approvers: 0", 3, "approvers is 0, not a whole number"],
    ["version: 1\napprovals:\n  approvers: 1.5", 3, "approvers is 1.5, not a whole number"],
    ["version: 1\napprovals:\n  wait_for_answer: 24", 3, "wait_for_answer is 24, not a duration"],
    ["version: 1\napprovals:\n  use_within: 0s", 3, 'use_within is "0s", not a duration'],
    ["version: 1\napprovals:\n  use_within: -1m", 3, 'use_within is "-1m", not a duration'],
    [
      "version: 1\ncommands:\n  defaults:\n    ask: 1",
      4,
      "ask is 1, not one of off, on-miss, always",
    ],
    ["version: 1\ncommands:\n  defaults:\n    security: Deny", 4, 'security is "Deny", not one of'],
    ["version: 1\ncommands:\n  pass: AWS_PROFILE", 3, 'pass is "AWS_PROFILE", not a list'],
    [
      "version: 1\ncommands:\n  pass:\n    - A\n    - A-B",
      5,
      'pass[1] is "A-B", not the name of a variable',
    ],
    [
      "version: 1\ncommands:\n  agents:\n    Claude: {}",
      4,
      'commands.agents holds the key "Claude"',
    ],
    ["version: 1\ncommands:\n  agents:\n    'a b': {}", 4, 'commands.agents holds the key "a b"'],
  ])("Y1: %j is refused", (text, line, what) => {
    const { code, message, fix } = failureOf(text);
    expect(code).toBe("policy-malformed");
    expect(message).toContain(`/p.yaml:${line}: `);
    expect(message).toContain(what);
    expect(fix).toMatch(/\S/);
  });

  it("Y2: nothing that makes a file mean something else than it seems to", () => {
    for (const [text, line, what] of [
      ["version: 1\nversion: 1", 2, "twice"],
      ["version: 1\ncommands: {pass: [], pass: [A]}", 2, "twice"],
      ["version: 1\ncommands: &a {}\napprovals: *a", 2, "anchor"],
      ["version: 1\ncommands: *a", 2, "alias"],
      ["version: !!int 1", 1, "tag"],
      ["version: 1\ncommands: !x {}", 2, "tag"],
      ["%YAML 1.1\n---\nversion: 1", 1, "directive"],
      ["version: 1\n---\nversion: 1", 2, "second document"],
      ["version: 1\n? [a]\n: 1", 2, "keys must be strings"],
      ["version: 1\n1: 2", 2, 'unknown key "1"'],
      ["version: 1\n<<: {commands: {}}", 2, 'unknown key "<<"'],
      ["version: 1\ncommands:\n  agents:\n    __proto__: {ask: always}", 4, "__proto__"],
      ["version: 1\ncommands:\n\tpass: []", 3, "Tabs"],
    ] as const) {
      const { message } = failureOf(text);
      expect(message).toContain(`/p.yaml:${line}: `);
      expect(message.toLowerCase()).toContain(what.toLowerCase());
    }
  });

  it("Y3: text that would exhaust a parser is refused, however it nests", () => {
    for (const open of ["[", "{", "- ", "? ", "a: {", "[{", "{a: ["]) {
      const { code, message } = failureOf(open.repeat(LONGEST_POLICY / open.length));
      expect(code).toBe("policy-malformed");
      expect(message).toContain("/p.yaml:1: ");
    }
    const stairs = Array.from({ length: 300 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n");
    expect(failureOf(stairs).message).toContain("nested too deeply");
    expect(failureOf(`version: 1 # ${"x".repeat(LONGEST_POLICY)}`).message).toContain("too long");
    const bomb = [
      "a: &a [x]",
      ...[..."bcdefghij"].map(
        (name, i) => `${name}: &${name} [${`*${"abcdefghij"[i]},`.repeat(9)}]`,
      ),
    ];
    expect(failureOf(`${bomb.join("\n")}\n`).message).toContain("anchor");
  });

  it.each([
    "LD_PRELOAD",
    "DYLD_INSERT_LIBRARIES",
    "NODE_OPTIONS",
    "HOLDFAST_CONFIG_DIR",
    "PATH",
    "BASH_ENV",
    "PYTHONPATH",
    "GIT_SSH_COMMAND",
    "TF_CLI_ARGS_apply",
    "npm_config_script_shell",
    "ld_preload",
  ])("%s is passed to no command, and refused by name", (name) => {
    const { message } = failureOf(`version: 1\ncommands:\n  pass:\n    - ${name}\n`);
    expect(message).toContain(`/p.yaml:4: commands.pass[0] is "${name}"`);
  });

  it.each([
    ["http://hooks.example.com/", "loopback only"],
    ["http://127.0.0.1.example.com/", "loopback only"],
    ["https://me:secret@hooks.example.com/", "without a user name or password"],
    ["https://hooks.example.com/#x", "fragment"],
    ["ftp://hooks.example.com/", "an https:// URL"],
    ["hooks.example.com", "an https:// URL"],
    ["file:///etc/passwd", "an https:// URL"],
  ])("no webhook goes to %s", (url, what) => {
    const { message } = failureOf(
      `version: 1\napprovals:\n  webhooks:\n    - url: "${url}"\n      secret_file: /x\n`,
    );
    expect(message).toContain("/p.yaml:4: approvals.webhooks[0].url is ");
    expect(message).toContain(what);
    expect(message).not.toContain("me:secret");
  });

  it("a webhook is there once, and a password in one place", () => {
    const hook = "    - url: https://a.test/\n      secret_file: /x\n";
    expect(failureOf(`version: 1\napprovals:\n  webhooks:\n${hook}${hook}`).message).toContain(
      "/p.yaml:6: approvals.webhooks[1].url",
    );
    const both = failureOf(
      "version: 1\napprovals:\n  store:\n    postgres: postgres://a:hunter2@h/d\n    password_file: /x\n",
    );
    expect(both.message).toContain("one password");
    expect(`${both.message} ${both.fix}`).not.toContain("hunter2");
  });
});

describe("whatever the text", () => {
  it("cut off at any character, a file is refused with a line, or says no more than its beginning", () => {
    const whole = parsePolicy(FULL, "/p.yaml");
    for (let length = 0; length < FULL.length; length += 1) {
      const text = FULL.slice(0, length);
      try {
        const part = parsePolicy(text, "/p.yaml");
        expect(Object.keys(whole)).toEqual(expect.arrayContaining(Object.keys(part)));
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
        const { code, message, fix } = error as Failure;
        expect(code).toBe("policy-malformed");
        expect(message).toMatch(/^\/p\.yaml:\d+: \S/);
        expect(message).not.toMatch(/Invalid input|undefined|\[object/);
        expect(Number(/:(\d+):/.exec(message)?.[1])).toBeLessThanOrEqual(text.split("\n").length);
        expect(fix).toBeDefined();
      }
    }
  });

  const line = fc.oneof(
    fc.constantFrom(...FULL.split("\n")),
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.string({ unit: fc.constantFrom(..."[]{}:,-? &*!|>'\"%#\n\t ~a1"), maxLength: 30 }),
  );
  it(
    "a file is a policy or `policy-malformed`, nothing else",
    () => {
      fc.assert(
        fc.property(fc.array(line, { maxLength: 25 }), (lines) => {
          const text = lines.join("\n");
          try {
            combine([parsePolicy(text, "/p.yaml")]);
          } catch (error) {
            expect(error).toBeInstanceOf(Failure);
            expect((error as Failure).code).toMatch(/^policy-(malformed|conflict)$/);
          }
        }),
        { numRuns: FUZZ_RUNS },
      );
    },
    fuzzTimeout(10),
  );

  it(
    "what is written as JSON is read as it was meant",
    () => {
      const knobs = fc.record(
        {
          security: fc.constantFrom(...SECURITY),
          ask: fc.constantFrom(...ASK),
          fallback: fc.constantFrom(...SECURITY),
        },
        { requiredKeys: [] },
      );
      const agents = fc.dictionary(fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}$/), knobs, {
        maxKeys: 5,
      });
      fc.assert(
        fc.property(knobs, agents, (defaults, named) => {
          const text = JSON.stringify({ version: 1, commands: { defaults, agents: named } });
          expect(parsePolicy(text, "/p.yaml")).toMatchObject({
            defaults: { ...defaults },
            agents: { ...named },
          });
        }),
        { numRuns: FUZZ_RUNS },
      );
    },
    fuzzTimeout(10),
  );
});
