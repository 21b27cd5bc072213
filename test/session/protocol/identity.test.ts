import { createHash, generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isToken } from "../../../src/grants/session-record.ts";
import {
  base32,
  createIdentity,
  isSignedByHost,
  randomCode,
} from "../../../src/session/protocol/identity.ts";
import { fuzzRuns } from "../../support/fuzz-runs.ts";

describe("base32", () => {
  it.each([
    ["", ""],
    ["f", "MY"],
    ["fo", "MZXQ"],
    ["foo", "MZXW6"],
    ["foob", "MZXW6YQ"],
    ["fooba", "MZXW6YTB"],
    ["foobar", "MZXW6YTBOI"],
  ])("of %j is %j (RFC 4648's vectors, without padding)", (text, encoded) => {
    expect(base32(Buffer.from(text))).toBe(encoded);
  });

  it("of different bytes of one length is different", () => {
    const pair = fc.tuple(fc.uint8Array({ minLength: 20, maxLength: 20 }), fc.nat(159));
    fc.assert(
      fc.property(pair, ([bytes, bit]) => {
        const other = Uint8Array.from(bytes);
        other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(base32(other)).not.toBe(base32(bytes));
      }),
      { numRuns: fuzzRuns(1) },
    );
  });
});

describe("K1: the token belongs to a key", () => {
  const host = createIdentity();
  const said = '{"type":"hello"}\n{"type":"allowed"}\n';

  it("has a token's shape, and never comes twice", () => {
    const tokens = new Set(Array.from({ length: 50 }, () => createIdentity().token));
    expect(tokens.size).toBe(50);
    for (const token of tokens) expect(isToken(token)).toBe(true);
  });

  it("takes what the host signed, and nothing else", () => {
    expect(isSignedByHost(host.token, host.publicKey, said, host.sign(said))).toBe(true);
    expect(isSignedByHost(host.token, host.publicKey, `${said} `, host.sign(said))).toBe(false);
    expect(isSignedByHost(host.token, host.publicKey, said, host.sign(`${said} `))).toBe(false);
    expect(isSignedByHost(host.token, host.publicKey, said, "")).toBe(false);
  });

  it("does not take another's key, though its signature is right", () => {
    const other = createIdentity();
    expect(isSignedByHost(host.token, other.publicKey, said, other.sign(said))).toBe(false);
    expect(isSignedByHost(other.token, host.publicKey, said, host.sign(said))).toBe(false);
  });

  it("is 160 bits of the key's own hash: a key of another kind has another token", () => {
    const pair = generateKeyPairSync("rsa", { modulusLength: 1024 });
    const der = pair.publicKey.export({ type: "spki", format: "der" });
    const key = der.toString("base64");
    const signature = sign("sha256", Buffer.from(said), pair.privateKey).toString("base64");
    expect(isSignedByHost(host.token, key, said, signature)).toBe(false);
    const token = base32(createHash("sha256").update(der).digest().subarray(0, 20));
    expect(token).toHaveLength(32);
  });

  it("never throws, whatever stands for key and signature", () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.base64String());
    fc.assert(
      fc.property(text, text, text, (token, key, signature) => {
        expect(isSignedByHost(token, key, said, signature)).toBe(false);
        expect(isSignedByHost(host.token, key, said, signature)).toBe(false);
        expect(isSignedByHost(host.token, host.publicKey, said, signature)).toBe(false);
      }),
      { numRuns: fuzzRuns(1) },
    );
  });
});

it("codes that people type are random base32 of the length asked for", () => {
  const codes = Array.from({ length: 100 }, () => randomCode(8));
  for (const code of codes) expect(code).toMatch(/^[A-Z2-7]{8}$/);
  expect(new Set(codes).size).toBe(100);
});
