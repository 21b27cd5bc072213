// What the gateway says of itself when it starts: on stderr, for the person who looks after it.

import type { Gateway } from "./gateway.ts";

const RAIL = "A safety rail, not a wall: the agent runs as you, and whatever you can reach it can.";

/** Over stdio: started by the agent's host. */
export function stdioBanner({ environment, cwd, policyFile }: Gateway): string {
  return lines(
    `holdfast: gateway for ${environment}, over stdio: the agent's child`,
    [
      ["where", cwd],
      ["policy", policyFile ?? "the machine's and your own"],
      ["answers", "from a terminal of your own: holdfast approve"],
      ["ends", "with the agent"],
    ],
    RAIL,
  );
}

export interface Listening {
  readonly url: string;
  /** The file that holds the bearer token. */
  readonly tokenFile: string;
  /** What is odd about how it was started. */
  readonly warnings: readonly string[];
}

/** With --listen: started by a person. */
export function listenBanner(
  { environment, cwd, policyFile }: Gateway,
  { url, tokenFile, warnings }: Listening,
): string {
  return lines(
    `holdfast: gateway for ${environment}, at ${url}`,
    [
      ["where", cwd],
      ["policy", policyFile ?? "the machine's and your own"],
      ["token", `${tokenFile}: the agent sends it as Authorization: Bearer TOKEN`],
      ["answers", "from a terminal of your own: holdfast approve"],
      ["ends", "with Ctrl-C"],
      ...warnings.map((each): [string, string] => ["warning", each]),
    ],
    "An agent that runs as another user has this token and no other credentials. One that runs as you can read yours: then it is a rail, not a wall.",
  );
}

function lines(
  heading: string,
  rows: readonly (readonly [name: string, text: string])[],
  last: string,
): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  const shown = rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
  return `${[heading, ...shown, `  ${last}`].join("\n")}\n`;
}
