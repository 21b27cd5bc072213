// Which names and addresses mean this machine. Plain http goes nowhere else, and no proxy is asked.

import { isIPv4 } from "node:net";

/** Takes the brackets off an IPv6 host as `URL.hostname` writes it. */
export function bareHost(hostname: string): string {
  return hostname.startsWith("[") && hostname.endsWith("]") ? hostname.slice(1, -1) : hostname;
}

/** Whether a `URL.hostname` names loopback: `localhost`, 127.0.0.0/8 or ::1. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === "localhost" || isLoopbackAddress(bareHost(hostname));
}

/** Whether an address, as a socket reports it, is loopback. */
export function isLoopbackAddress(address: string): boolean {
  return address === "::1" || (isIPv4(address) && address.startsWith("127."));
}
