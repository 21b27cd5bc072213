// Where a PostgreSQL store is, and with which password: from policy, never from the environment.
//
// C1 No password and no user name is ever part of a message, nor of `place`.
// C2 A connection that leaves the machine is encrypted and its server's name checked, unless the URL
//    says otherwise in so many words.

import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { StorePlace } from "../../policy/policy.ts";
import { readPrivateFile, UnsafeFile } from "../../system/safe-file.ts";
import { visible } from "../../system/terminal-text.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly password: string;
  readonly ssl: false | "require" | "verify-full";
  /** For people: `postgres://db.example.com:5432/holdfast`. */
  readonly place: string;
}

const DEFAULT_PORT = 5432;
/** No password is longer, in bytes. */
const MOST_PASSWORD_BYTES = 4096;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/;

function misconfigured(what: string, fix: string): Failure {
  return new Failure("approvals-misconfigured", `policy's approvals.store: ${what}`, {
    exitCode: EXIT.refused,
    fix,
  });
}

const SHAPE = "write it as postgres://USER@HOST:5432/DATABASE, with password_file beside it";

function parse(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw misconfigured("the postgres URL cannot be read", SHAPE);
  }
  const isPostgres = url.protocol === "postgres:" || url.protocol === "postgresql:";
  if (!isPostgres || url.hostname === "" || url.username === "" || url.pathname.length < 2)
    throw misconfigured("the postgres URL lacks a user, a host or a database", SHAPE);
  return url;
}

function sslOf(url: URL): Address["ssl"] {
  const mode = url.searchParams.get("sslmode");
  if (mode === null) return LOOPBACK.test(url.hostname) ? false : "verify-full";
  if (mode === "disable") return false;
  if (mode === "require" || mode === "verify-full") return mode;
  throw misconfigured(
    `sslmode ${visible(mode)} is not supported`,
    "use sslmode=verify-full, require or disable",
  );
}

function passwordFrom(file: string): string {
  try {
    return readPrivateFile(file, MOST_PASSWORD_BYTES).replace(/\r?\n$/, "");
  } catch (error) {
    if (!(error instanceof UnsafeFile)) throw error;
    throw new Failure(`approvals-password-${error.code}`, visible(error.message), {
      exitCode: EXIT.refused,
      fix: error.fix ?? "make it a file of your own with mode 0600 that holds the password alone",
      cause: error,
    });
  }
}

/** Reads a place of policy. @throws Failure `approvals-misconfigured`, `approvals-password-…` */
export function addressOf({ url: text, passwordFile }: StorePlace & { kind: "postgres" }): Address {
  const url = parse(text);
  const port = url.port === "" ? DEFAULT_PORT : Number(url.port);
  const database = decodeURIComponent(url.pathname.slice(1));
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port,
    database,
    username: decodeURIComponent(url.username),
    password:
      passwordFile === undefined ? decodeURIComponent(url.password) : passwordFrom(passwordFile),
    ssl: sslOf(url),
    place: visible(`postgres://${url.hostname}:${port}/${database}`),
  };
}
