// The token for a hostname: where it may lie, in the order in which the places are asked.
//
// T1 A token is given to nobody but the caller: no message, no description holds one.
// T2 A token that was stored for one hostname is never used for another. TFE_TOKEN names none: it
//    goes to the hostname that the environment configures, and to that alone.
// T3 A place that is malformed or unreadable is a failure, never skipped: another token, of another
//    scope, would be used without a word.

import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import type { Environment } from "../system/proxy.ts";
import { credentialPlaces } from "./credential-places.ts";

export interface Token {
  readonly token: string;
  /** The variable or the file that held it. */
  readonly source: string;
}

/** One place where a token may lie, for `holdfast doctor`. */
export interface CredentialPlace {
  /** The variable or the file. */
  readonly place: string;
  readonly found: boolean;
  /** The permission bits of a file that exists, such as 0o600. */
  readonly mode?: number;
  /** Why the place cannot be used, in one line. */
  readonly problem?: string;
}

/**
 * The first token found in: TFE_TOKEN; TF_TOKEN_<host>; credentials.tfrc.json; the Terraform CLI
 * configuration, which is read only when the others have none. Undefined when nobody has one.
 *
 * @param hostname as `Address.hostname`
 * @param home the user's home directory
 * @throws Failure naming the place that is malformed, unreadable or holds what is not a token
 */
export async function resolveToken(
  hostname: string,
  env: Environment,
  home: string,
): Promise<Token | undefined> {
  for await (const place of credentialPlaces(hostname, env, home)) {
    const token = await place.look();
    if (token !== undefined) return { token: checked(token, place.name), source: place.name };
  }
  return undefined;
}

/** As resolveToken, but having none is a failure too: `no-token`. */
export async function requireToken(
  hostname: string,
  env: Environment,
  home: string,
): Promise<Token> {
  const found = await resolveToken(hostname, env, home);
  if (found !== undefined) return found;
  throw new Failure("no-token", `no API token for ${hostname}`, {
    exitCode: EXIT.authentication,
    fix: `terraform login ${hostname}, or set ${tokenVariable(hostname) ?? "TFE_TOKEN"}`,
  });
}

/** The variable that holds the token of a hostname; undefined for one with a port. */
export function tokenVariable(hostname: string): string | undefined {
  if (hostname.includes(":")) return undefined;
  return `TF_TOKEN_${hostname.replaceAll("-", "__").replaceAll(".", "_")}`;
}

/** Every place that was looked at, the later ones included; fails for none of them. */
export async function describeCredentials(
  hostname: string,
  env: Environment,
  home: string,
): Promise<CredentialPlace[]> {
  const described: CredentialPlace[] = [];
  for await (const place of credentialPlaces(hostname, env, home)) {
    const mode = await place.mode();
    const withMode = mode === undefined ? {} : { mode };
    try {
      const token = await place.look();
      if (token !== undefined) checked(token, place.name);
      described.push({ place: place.name, found: token !== undefined, ...withMode });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      described.push({ place: place.name, found: false, ...withMode, problem: error.message });
    }
  }
  return described;
}

function checked(token: string, place: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new Failure(
    "invalid-token",
    `the token in ${place} holds white space or characters that no token has`,
    {
      exitCode: EXIT.authentication,
      fix: "store it again, without a line break or quotes",
    },
  );
}
