// Which proxy a request goes through, by the variables that curl, terraform and git obey.
//
// P1 Loopback is never proxied, and neither is plain http.
// P2 A proxy that cannot be used is an error: going around it silently could leave the company's
//    network by a way that nobody chose.

import { BlockList, isIP } from "node:net";
import { HttpError } from "./http-error.ts";
import { bareHost, isLoopbackHost } from "./http-loopback.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

const VARIABLES = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/**
 * The proxy for `url`; undefined to connect directly. The first non-empty variable counts.
 *
 * @throws HttpError `invalid-proxy`, naming the variable and never its value: it may hold a password
 */
export function proxyFor(url: URL, env: Environment): URL | undefined {
  if (url.protocol !== "https:" || isLoopbackHost(url.hostname)) return undefined;
  const variable = VARIABLES.find((name) => (env[name] ?? "").trim() !== "");
  if (variable === undefined || isExempt(url, env.NO_PROXY || env.no_proxy || "")) {
    return undefined;
  }
  return parseProxy(variable, (env[variable] ?? "").trim());
}

function parseProxy(variable: string, value: string): URL {
  const text = value.includes("://") ? value : `http://${value}`;
  if (!URL.canParse(text)) throw unusable(variable, "is not a URL");
  const proxy = new URL(text);
  if (proxy.protocol !== "http:" && proxy.protocol !== "https:") {
    throw unusable(variable, `asks for ${proxy.protocol.slice(0, -1)}`);
  }
  if (proxy.hostname === "") throw unusable(variable, "names no host");
  for (const part of [proxy.username, proxy.password]) {
    if (!isDecodable(part)) throw unusable(variable, "holds a malformed % escape");
  }
  return proxy;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function unusable(variable: string, why: string): HttpError {
  const message = `${variable} ${why}; it must be an http:// or https:// URL of a proxy`;
  return new HttpError("invalid-proxy", message, { arrived: "no" });
}

/**
 * Whether NO_PROXY exempts a URL. Entries stand apart by commas or spaces: `*`; `corp.test` (that
 * name and all below it); `.corp.test` or `*.corp.test` (all below it); an address; a CIDR block;
 * each with `:port` where wanted. An entry of another form matches nothing.
 */
export function isExempt(url: URL, noProxy: string): boolean {
  const host = bareHost(url.hostname).toLowerCase().replace(/\.$/, "");
  const port = url.port || "443";
  const entries = noProxy.toLowerCase().split(/[\s,]+/);
  return entries.some((entry) => entry !== "" && matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  if (entry.includes("/")) return isInBlock(entry, host);
  const { name, port: wanted } = splitPort(entry);
  if (wanted !== undefined && wanted !== port) return false;
  if (isIP(name) !== 0) return isIP(host) !== 0 && sameAddress(name, host);
  const suffix = name.startsWith("*.") ? name.slice(1) : name;
  if (suffix.startsWith(".")) return host.endsWith(suffix);
  return host === suffix || host.endsWith(`.${suffix}`);
}

function splitPort(entry: string): { name: string; port?: string } {
  const bracketed = /^\[(.+)\](?::(\d+))?$/.exec(entry);
  if (bracketed?.[1] !== undefined) return named(bracketed[1], bracketed[2]);
  if (isIP(entry) === 6) return { name: entry };
  const plain = /^([^:]+):(\d+)$/.exec(entry);
  return plain?.[1] === undefined ? { name: entry } : named(plain[1], plain[2]);
}

function named(name: string, port: string | undefined): { name: string; port?: string } {
  return port === undefined ? { name } : { name, port };
}

function sameAddress(one: string, other: string): boolean {
  const bits = isIP(one) === 4 ? 32 : 128;
  return isInBlock(`${one}/${bits}`, other);
}

function isInBlock(block: string, host: string): boolean {
  const [address = "", bits = "", ...rest] = block.split("/");
  const family = isIP(address);
  if (family === 0 || isIP(host) !== family || rest.length > 0 || !/^\d{1,3}$/.test(bits))
    return false;
  if (Number(bits) > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const type = family === 4 ? "ipv4" : "ipv6";
  list.addSubnet(address, Number(bits), type);
  return list.check(host, type);
}
