import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRedactor } from "../../src/audit/redact.ts";
import { logPlace } from "../support/audit-log.ts";
import { fuzzRuns } from "../support/fuzz-runs.ts";

const SECRET = 'p/ss+w%rd "\\ö=&token~';

/** Ways in which a value reaches a line of the log. */
const FORMS: Readonly<Record<string, (value: string) => string>> = {
  plain: (value) => value,
  "percent-encoded": encodeURIComponent,
  "percent-encoded in lower case": (value) =>
    encodeURIComponent(value).replace(/%../g, (code) => code.toLowerCase()),
  "percent-encoded throughout": (value) =>
    [...Buffer.from(value)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
  "in a form": (value) => new URLSearchParams({ value }).toString().slice("value=".length),
  "in JSON": (value) => JSON.stringify(value).slice(1, -1),
  "in JSON, ASCII only": (value) =>
    [...value]
      .map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  hexadecimal: (value) => Buffer.from(value).toString("hex"),
  base64: (value) => Buffer.from(value).toString("base64"),
  base64url: (value) => Buffer.from(value).toString("base64url"),
  "base64, with a user": (value) => Buffer.from(`user:${value}`).toString("base64"),
  "base64, within a text": (value) => Buffer.from(`a ${value} and more`).toString("base64"),
  "base64, percent-encoded": (value) => encodeURIComponent(Buffer.from(value).toString("base64")),
};

describe("V1: a secret", () => {
  const redact = createRedactor({ MY_TOKEN: SECRET, HOME: "/home/ana" }, []);
  for (const [name, form] of Object.entries(FORMS))
    it(`is found ${name}`, () => {
      const text = `curl -H x:${form(SECRET)} https://tfe.example`;
      const redacted = redact(text);
      expect(redacted).toContain("[redacted]");
      expect(redacted).not.toContain(form(SECRET).slice(3, 12));
      expect(redacted).toMatch(/^curl -H x:.{0,20}\[redacted\].{0,12} https:\/\/tfe\.example$/);
    });

  it("of any value is found in every form, next to others", () => {
    // Values as they are made: tokens, keys, passwords. What encodes to itself is one form only.
    const value = fc.string({ minLength: 8, maxLength: 60, unit: "grapheme-ascii" });
    fc.assert(
      fc.property(value, value, fc.constantFrom(...Object.values(FORMS)), (one, other, form) => {
        fc.pre(one.trim() === one);
        const found = createRedactor({ A_SECRET: one }, [other]);
        expect(found(`<${form(one)}>`)).not.toContain(form(one));
        expect(found(form(other))).not.toContain(form(other));
      }),
      { numRuns: fuzzRuns(0.2) },
    );
  });

  it.each([
    "TFE_TOKEN",
    "AWS_SECRET_ACCESS_KEY",
    "PGPASSWORD",
    "DB_PASSWD",
    "GITHUB_TOKEN",
    "SOME_API_KEY",
    "PRIVATE_KEY",
    "TF_VAR_anything",
    "VAULT_CREDENTIALS",
    "HOLDFAST_EXEC_SESSION",
    "my_secret",
  ])("is the value of %s", (name) => {
    expect(createRedactor({ [name]: "hunter2hunter2" }, [])("x hunter2hunter2")).toBe(
      "x [redacted]",
    );
  });

  it("is the password in an address, a line of a key, a token by its form", () => {
    const key = `-----BEGIN KEY-----\n${"k".repeat(64)}\n-----END KEY-----\n`;
    const url = "postgres://holdfast:s3cret%2Fpass@db.example/x";
    const redact = createRedactor({ DATABASE_URL: url, SSH_PRIVATE_KEY: key }, []);
    expect(redact(url)).toBe("postgres://holdfast:[redacted]@db.example/x");
    expect(redact("s3cret/pass")).toBe("[redacted]");
    expect(redact(`a ${"k".repeat(64)} b`)).toBe("a [redacted] b");
    const token = `AbCdEfGhIjKlMn.atlasv1.${"x".repeat(67)}`;
    expect(createRedactor({}, [])(`token ${token}.`)).toBe("token [redacted].");
  });

  it("is not what is short, or what an ordinary variable holds", () => {
    const redact = createRedactor({ A_TOKEN: "short", PATH: "/usr/bin:/usr/local/bin" }, [""]);
    expect(redact("short /usr/bin:/usr/local/bin")).toBe("short /usr/bin:/usr/local/bin");
  });

  it("V2: that contains another one goes as a whole", () => {
    const redact = createRedactor({}, ["abcdefgh", "abcdefghijklmnop"]);
    expect(redact("abcdefghijklmnop abcdefgh")).toBe("[redacted] [redacted]");
  });
});

describe("A6: the log", () => {
  it("has no secret in its bytes, whatever was said freely, and however long that was", () => {
    const place = logPlace(createRedactor({ TFE_TOKEN: SECRET }, []));
    const pen = place.pen();
    for (const form of Object.values(FORMS)) {
      const text = form(SECRET);
      // Clipped in the middle of the secret, if it were clipped first.
      const long = `${"x".repeat(4096 - 10)}${text}`;
      pen.append({ event: "decided", operation: text, by: text, detail: long });
    }
    const bytes = place.bytes().toString("latin1");
    for (const form of Object.values(FORMS)) {
      const start = Buffer.from(form(SECRET)).toString("latin1").slice(0, 10);
      expect(bytes).not.toContain(start);
      expect(bytes).not.toContain(JSON.stringify(start).slice(1, -1));
    }
    place.close();
  });

  it("S1: what an entry is about stays, whatever its writer calls a secret", async () => {
    const about = {
      session: "7KQF2MXYZ",
      request: "K7QFABCD",
      class: "workspaces",
      digest: "a".repeat(64),
      target: "app.terraform.io/workspaces/ws-8ZkQ1234",
      effect: "allow",
      reason: "not-destructive",
      outcome: "succeeded",
    } as const;
    const names = ["decided", "app.terraform.io", "ws-8ZkQ1234", ...Object.values(about)];
    const env = Object.fromEntries(names.map((value, index) => [`A_TOKEN_${index}`, value]));
    const place = logPlace(createRedactor(env, []));
    const operation = "DELETE /workspaces/ws-8ZkQ1234";
    place.pen().append({ event: "decided", ...about, operation, detail: "ws-8ZkQ1234" });
    const [entry] = await place.entries();
    expect(entry).toMatchObject({ event: "decided", ...about, detail: "[redacted]" });
    expect(entry?.operation).not.toContain("ws-8ZkQ1234");
    expect(await place.verify()).toMatchObject({ problemCount: 0 });
    place.close();
  });
});
