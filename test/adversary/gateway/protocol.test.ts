// Rows 38 to 42: how a gateway is started and spoken to, whose policy it has, and what an agent of
// another user would hold.

import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Attacked, attackGateway, told } from "../../support/attacked-gateway.ts";
import { runInProcess } from "../../support/cli.ts";
import { connectGateway, type StdioGateway } from "../../support/gateway-client.ts";
import { RawGateway } from "../../support/raw-gateway.ts";

let place: Attacked;
beforeAll(async () => {
  place = await attackGateway();
  place.file("victim", "precious\n");
});
afterAll(() => place?.close());

/** Starts a gateway that does not: the first of a kind as a process, the others in this one. */
const serve = (words: readonly string[], isFirst: boolean) => {
  const whole = ["gateway", "serve", ...words];
  return isFirst
    ? place.stage.run(whole, { cwd: place.work })
    : runInProcess(whole, place.stage.env, place.work);
};

describe("row 38: a policy that is named is the one that counts, or nothing starts", () => {
  it.each<[string, string | undefined, RegExp]>([
    ["is missing", undefined, /missing|no such|not there|ENOENT/i],
    ["is empty", "", /version|empty/i],
    ["has a key that is none", "version: 1\nrule: []\n", /rule/],
    ["has a key twice", "version: 1\nversion: 1\n", /twice|unique|duplicate/i],
    ["has a misspelt environment", "version: 1\nenvironments: {production: {}}\n", /prod/],
    ["has another version", 'version: "2.0"\n', /version/],
    ["is no YAML", "version: [1\n", /:\d/],
    [
      "has a rule that allows",
      "version: 1\nrules: [{id: x, effect: allow, kinds: [hcp]}]\n",
      /effect|allow/,
    ],
  ])("a file that %s is an error at start, exit 1", async (_, text, said) => {
    const file = join(place.stage.directory, "row-38.yaml");
    if (text !== undefined) writeFileSync(file, text, { mode: 0o600 });
    const name = text === undefined ? join(place.stage.directory, "nowhere.yaml") : file;
    const isFirst = text === undefined;
    const { code, stdout, stderr } = await serve(["-e", "dev", "--policy", name], isFirst);
    expect([code, stdout, stderr]).toEqual([1, "", expect.stringMatching(said)]);
    expect((await serve(["-e", "dev", "-p", name], false)).code).toBe(1);
  });

  it("it is not looked for where the agent works", async () => {
    const gateway = await place.open();
    place.file("policy.yaml", "version: 1\nnonsense: true\n");
    place.file(".holdfast/policy.yaml", "version: 1\nnonsense: true\n");
    expect(told(await gateway.call("shell_exec", { command: "cat victim" })).status).toBe("done");
    expect(told(await gateway.call("shell_exec", { command: "sudo id" })).rule).toBe(
      "become-another-user",
    );
  });

  it("one that is broken, or gone, while the gateway runs denies, and is no policy at all", async () => {
    const file = place.policy("row-38-running.yaml", {});
    const gateway = await place.open({ words: ["--policy", file] });
    expect(told(await gateway.call("shell_exec", { command: "cat victim" })).status).toBe("done");
    for (const text of ["version: 1\nrule: []\n", "{", ""]) {
      writeFileSync(file, text, { mode: 0o600 });
      const called = await gateway.call("shell_exec", { command: "cat victim" });
      expect([called.isError, called.raw.includes("precious")]).toEqual([true, false]);
    }
    place.policy("row-38-running.yaml", {});
    expect(told(await gateway.call("shell_exec", { command: "cat victim" })).status).toBe("done");
  });
});

describe("row 39: the environment is one of three, exactly, and there is no default", () => {
  it.each([
    ["production", ["-e", "production"]],
    ["Prod", ["-e", "Prod"]],
    ["blanks", ["-e", " prod"]],
    ["nothing", ["-e", ""]],
    ["a name of every object", ["-e", "__proto__"]],
    ["bogus", ["-e", "bogus"]],
    ["none", []],
  ])("%s is an error at start, exit 1", async (what, words) => {
    const { code, stdout, stderr } = await serve(words, what === "production");
    expect([code, stdout, /\b(dev|environment)\b/.test(stderr)]).toEqual([1, "", true]);
    if (what === "production") expect(stderr).toContain("prod");
  });

  it("nor does the doctor say that a gateway of no environment is well", async () => {
    const { code, stdout } = await place.stage.run(["gateway", "doctor", "-e", "bogus"]);
    expect([code, stdout.includes("passed")]).toEqual([1, false]);
  });
});

describe("row 40: raw frames", () => {
  it("null, garbage, other framing and calls of nothing are answered, and the server goes on to serve", async () => {
    const raw = new RawGateway({ ...place.stage, directory: place.work });
    await raw.begin();
    const frames = [
      ...[
        "null",
        "{nope",
        "[]",
        '"x"',
        "42",
        "Content-Length: 17",
        "{}",
        "[null]",
        "{}{}",
        "\u0000",
      ],
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":null}',
      '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"shell_exec","arguments":null}}',
      '{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"constructor","arguments":{}}}',
      `{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"shell_exec","arguments":{"command":"cat victim","__proto__":{"x":1}}}}`,
      `${"[".repeat(5_000)}${"]".repeat(5_000)}`,
    ];
    for (const frame of frames) {
      raw.write(frame);
      expect(await raw.answers()).toBe(true);
    }
    expect(await raw.close()).toBe(0);
  });

  it("output is bounded: the rest is a link, and the link is this gateway's", async () => {
    const gateway = await place.open();
    place.file("long", `${"a line of some length\n".repeat(20_000)}the end\n`);
    const called = await gateway.call("shell_exec", { command: "cat long" });
    expect(called.result.status).toBe("done");
    expect(called.raw.length).toBeLessThan(200_000);
    const [link = ""] = called.links;
    expect((await gateway.read(link)).length).toBeGreaterThan(100_000);
    const other = await place.open();
    await expect(other.read(link)).rejects.toThrow();
    for (const uri of ["holdfast://output/../../etc/passwd", "file:///etc/passwd", `${link}0`])
      await expect(gateway.read(uri)).rejects.toThrow();
  });
});

describe("row 41: whose policy", () => {
  it("two gateways at a time each have their own, whoever is asked first", async () => {
    const rules = [{ id: "no-cat", effect: "deny", kinds: ["command"], names: ["cat"] }];
    const [strict, other, prod] = await Promise.all([
      place.open({ words: ["--policy", place.policy("strict.yaml", { rules })] }),
      place.open({ words: ["--policy", place.policy("other.yaml", {})] }),
      place.open({ environment: "prod" }),
    ]);
    const ask = async (gateway: StdioGateway) => {
      const { status, rule } = told(await gateway.call("shell_exec", { command: "cat victim" }));
      return [status, rule];
    };
    for (const order of [
      [strict, other, prod],
      [prod, other, strict],
    ] as const)
      for (const gateway of order)
        expect(await ask(gateway)).toEqual(
          gateway === strict ? ["refused", "no-cat"] : ["done", undefined],
        );
    // A rule of one part of a policy takes nothing away from the built-in ones.
    expect(told(await strict.call("shell_exec", { command: "sudo id" })).rule).toBe(
      "become-another-user",
    );
  });
});

describe("row 42: what an agent of another user holds", () => {
  it("is a token for the gateway, and nothing that came from its environment or configuration", async () => {
    const token = "hcp-token-0123456789abcdef";
    const aws = "aws-secret-0123456789abcdef";
    const env = { ...place.stage.env, TFE_TOKEN: token, AWS_SECRET_ACCESS_KEY: aws };
    const words = ["-e", "dev", "--listen", "0"];
    const raw = new RawGateway({ ...place.stage, env, directory: place.work }, words);
    try {
      await vi.waitUntil(() => raw.stderr.includes("Bearer TOKEN"), { timeout: 20_000 });
      const url = /http:\/\/127\.0\.0\.1:\d+\/mcp/.exec(raw.stderr)?.[0] ?? "";
      const file = /token +(\S+):/.exec(raw.stderr)?.[1] ?? "";
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const bearer = readFileSync(file, "utf8").trim();
      // All that the agent has: an address and a token, in an environment of its own.
      const agent = await connectGateway(url, bearer);
      const seen: string[] = [JSON.stringify(await agent.client.listTools())];
      for (const command of [
        "env",
        "cat /proc/self/environ",
        `cat ${file}`,
        `ls -a ${join(file, "..")}`,
        `cat nothing-${token}`,
      ]) {
        const called = await agent.call("shell_exec", { command });
        seen.push(called.raw);
      }
      seen.push((await agent.call("hcp_request", { method: "GET", path: "/account/details" })).raw);
      const secrets = [token, aws, bearer, place.stage.api.token];
      for (const secret of secrets) expect(seen.join("\n")).not.toContain(secret);
      await agent.close();
      await expect(connectGateway(url, "x".repeat(43))).rejects.toThrow();
      for (const headers of [{}, { authorization: `Bearer ${token}` }] as Record<string, string>[])
        expect((await fetch(url, { method: "POST", headers, body: "{}" })).status).toBe(401);
      expect(raw.stderr).not.toContain(bearer);
      // What it may not do is no matter of which user it is.
      const again = await connectGateway(url, bearer);
      expect(told(await again.call("shell_exec", { command: "rm victim" }))).toMatchObject({
        isError: true,
        status: "waiting",
      });
      await again.close();
    } finally {
      raw.child.kill("SIGTERM");
      await raw.ended;
    }
  });

  it("over stdio the gateway says itself that it is a rail", async () => {
    const gateway = await place.open();
    await vi.waitUntil(() => gateway.stderr.includes("A safety rail, not a wall"));
  });
});
