// Where the API is: one address, from the environment alone. A project directory has no say in it,
// because whoever says the hostname says where the token goes.

import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { isLoopbackHost } from "../system/http-loopback.ts";
import type { Environment } from "../system/proxy.ts";

export interface Address {
  /** `https://app.terraform.io/`; http only to loopback. Always without a path. */
  readonly baseUrl: URL;
  /** In lower case and punycode, with `:port` where it is not the scheme's own. */
  readonly hostname: string;
  /** The variable that named it, or `default`. */
  readonly source: string;
}

export const DEFAULT_HOSTNAME = "app.terraform.io";

/**
 * The first of TFE_ADDRESS (a URL), TFE_HOSTNAME and TF_CLOUD_HOSTNAME that is set and not empty,
 * else app.terraform.io.
 *
 * @throws Failure `invalid-address`, naming the variable
 */
export function resolveAddress(env: Environment): Address {
  if (isSet(env.TFE_ADDRESS)) return fromUrl("TFE_ADDRESS", env.TFE_ADDRESS);
  for (const variable of ["TFE_HOSTNAME", "TF_CLOUD_HOSTNAME"]) {
    const value = env[variable];
    if (isSet(value)) return fromHostname(variable, value);
  }
  return addressOf(new URL(`https://${DEFAULT_HOSTNAME}`), "default");
}

/**
 * A hostname, with a port where it has one, as `Address.hostname` writes it; undefined when it is
 * not one. `APP.Terraform.io` and `app.terraform.io:443` are `app.terraform.io`.
 */
export function canonicalHostname(text: string): string | undefined {
  // The URL parser drops tabs and newlines and takes a backslash for a slash: refuse them first.
  if (text === "" || /[\x00-\x20\x7f/\\@?#%]/.test(text) || !URL.canParse(`https://${text}`)) {
    return undefined;
  }
  const { host } = new URL(`https://${text}`);
  return /\.(:\d+)?$/.test(host) ? undefined : host;
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

function fromHostname(variable: string, value: string): Address {
  const host = canonicalHostname(value);
  if (host !== undefined) return addressOf(new URL(`https://${host}`), variable);
  const why = value.includes("://") ? "is a URL, not a hostname" : "is not a hostname";
  throw invalid(
    variable,
    why,
    `export ${variable}=${DEFAULT_HOSTNAME}, or set TFE_ADDRESS to a URL`,
  );
}

function fromUrl(variable: string, value: string): Address {
  const fix = `export ${variable}=https://${DEFAULT_HOSTNAME}`;
  if (/[\x00-\x20\x7f\\]/.test(value) || !/^https?:\/\/[^/]/i.test(value) || !URL.canParse(value)) {
    throw invalid(variable, "is not an https:// URL", fix);
  }
  const url = new URL(value);
  if (url.username !== "" || url.password !== "" || value.includes("@")) {
    throw invalid(variable, "holds a user name or password", `${fix}, and the token in TFE_TOKEN`);
  }
  if (url.pathname !== "/" || /[?#]/.test(value)) {
    throw invalid(
      variable,
      "has a path, a query or a fragment",
      `${fix}, without what follows the host`,
    );
  }
  if (url.hostname.endsWith(".")) throw invalid(variable, "names a host that ends in a dot", fix);
  if (url.protocol === "http:" && !isLoopbackHost(url.hostname)) {
    throw invalid(variable, "is http, which would send the token in the clear", "use https://");
  }
  return addressOf(url, variable);
}

function addressOf(url: URL, source: string): Address {
  return { baseUrl: new URL(url.origin), hostname: url.host, source };
}

function invalid(variable: string, why: string, fix: string): Failure {
  return new Failure("invalid-address", `${variable} ${why}`, { exitCode: EXIT.usage, fix });
}
