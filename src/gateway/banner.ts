// What the gateway says of itself when it starts: on stderr, for the person who looks after it.

import { statSync } from "node:fs";
import { visible } from "../system/terminal-text.ts";
import type { Gateway } from "./gateway.ts";

const RAIL = "A safety rail, not a wall: the agent runs as you, and whatever you can reach it can.";

/** Over stdio: started by the agent's host. */
export function stdioBanner(gateway: Gateway): string {
  const { environment } = gateway;
  return lines(
    `holdfast: gateway for ${environment}, over stdio: the agent's child`,
    [
      ...standing(gateway),
      ["answers", "from a terminal of your own: holdfast approve"],
      ["ends", "with the agent"],
      ...missingRoots(gateway),
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
export function listenBanner(gateway: Gateway, { url, tokenFile, warnings }: Listening): string {
  return lines(
    `holdfast: gateway for ${gateway.environment}, at ${url}`,
    [
      ...standing(gateway),
      ["token", `${tokenFile}: the agent sends it as Authorization: Bearer TOKEN`],
      ["answers", "from a terminal of your own: holdfast approve"],
      ["ends", "with Ctrl-C"],
      ...missingRoots(gateway),
      ...warnings.map((each): [string, string] => ["warning", each]),
    ],
    "An agent that runs as another user has this token and no other credentials. One that runs as you can read yours: then it is a rail, not a wall.",
  );
}

type Row = readonly [name: string, text: string];

/** Where it acts, and by which policy. */
function standing({ environment, cwd, startPolicy }: Gateway): Row[] {
  const { terraform, shell } = startPolicy.environments[environment];
  const where = (roots: readonly string[]) => (roots.length === 0 ? [cwd] : roots).join(", ");
  const [plans, commands] = [where(terraform.roots), where(shell.roots)];
  const places: Row[] =
    plans === commands
      ? [["where", plans]]
      : [
          ["where", `terraform in ${plans}`],
          ["", `commands in ${commands}`],
        ];
  return [
    ...places,
    ["policy", startPolicy.files.join(", ") || "the built-in one: no file of yours"],
  ];
}

/** Calls that need one are refused; the others are not. */
function missingRoots({ environment, startPolicy }: Gateway): Row[] {
  const { terraform, shell } = startPolicy.environments[environment];
  const named = [...new Set([...terraform.roots, ...shell.roots])];
  return named
    .filter((each) => statSync(each, { throwIfNoEntry: false })?.isDirectory() !== true)
    .map((each) => [
      "warning",
      `${each} is named as a root in policy, and there is no such directory`,
    ]);
}

function lines(
  heading: string,
  rows: readonly (readonly [name: string, text: string])[],
  last: string,
): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  const shown = rows.map(([name, text]) => `  ${name.padEnd(width)}  ${visible(text)}`);
  return `${[heading, ...shown, `  ${last}`].join("\n")}\n`;
}
