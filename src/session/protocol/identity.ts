// The session's key pair, and the token that follows from it.
//
// K1 The token is the fingerprint of a key pair whose private half exists only in the host's memory.
//    Whoever answers on the session's socket signs what was said; the caller checks the signature
//    against its token. So an orphan that takes the path of a dead host cannot answer for it, on any
//    platform and in any process namespace, even if it also writes the record again.
// K2 What is signed is the whole conversation so far, which begins with the caller's random number:
//    nothing can be replayed, and nobody in between can change a word.

import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
} from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648 base32 in upper case, without padding. */
export function base32(bytes: Uint8Array): string {
  let bits = 0;
  let value = 0;
  let text = "";
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET.charAt((value >>> bits) & 31);
    }
  }
  return bits > 0 ? text + ALPHABET.charAt((value << (5 - bits)) & 31) : text;
}

/** `length` random characters of base32: ids and codes that people type. */
export function randomCode(length: number): string {
  return base32(randomBytes(length)).slice(0, length);
}

/** The host's half of a session's identity. */
export interface HostIdentity {
  /** 160 bits as 32 characters of base32. */
  readonly token: string;
  /** The public key as DER (SPKI) in base64. */
  readonly publicKey: string;
  /** Signs a transcript; base64. */
  sign(transcript: string): string;
}

function fingerprint(publicKey: string): string {
  const digest = createHash("sha256").update(Buffer.from(publicKey, "base64")).digest();
  return base32(digest.subarray(0, 20));
}

/** Makes a new identity. */
export function createIdentity(): HostIdentity {
  const pair = generateKeyPairSync("ed25519");
  const publicKey = pair.publicKey.export({ type: "spki", format: "der" }).toString("base64");
  return {
    token: fingerprint(publicKey),
    publicKey,
    sign: (transcript) => sign(null, Buffer.from(transcript), pair.privateKey).toString("base64"),
  };
}

/** Whether `signature` over `transcript` was made by the host that `token` belongs to. */
export function isSignedByHost(
  token: string,
  publicKey: string,
  transcript: string,
  signature: string,
): boolean {
  if (fingerprint(publicKey) !== token) return false;
  try {
    const key = createPublicKey({
      key: Buffer.from(publicKey, "base64"),
      format: "der",
      type: "spki",
    });
    return verify(null, Buffer.from(transcript), key, Buffer.from(signature, "base64"));
  } catch {
    return false;
  }
}
