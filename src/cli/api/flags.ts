// The flags of `holdfast api`, once. The command line, its help, completion and the documentation
// are made from this table.

import type { Failure } from "../../policy/failure.ts";
import { usageFailure } from "./usage-failure.ts";

/** What `holdfast api` was called with, as the command line hands it over: nothing is checked yet. */
export interface ApiFlags {
  /** A path below the API root, or a whole URL; may hold `{placeholders}` and a query string. */
  readonly path: string;
  readonly method?: string | undefined;
  readonly header?: readonly string[] | undefined;
  readonly input?: string | undefined;
  readonly attribute?: readonly string[] | undefined;
  readonly type?: string | undefined;
  readonly field?: readonly string[] | undefined;
  readonly param?: readonly string[] | undefined;
  readonly all?: boolean | undefined;
  readonly pageSize?: string | undefined;
  readonly pageNumber?: string | undefined;
  /** How long to wait for a person's answer; true: as long as the request waits. */
  readonly wait?: string | boolean | undefined;
  /** What a person reads of why, as unverified. */
  readonly reason?: string | undefined;
  /** Never does anything: see `yesFailure`. */
  readonly yes?: boolean | undefined;
}

/** One flag, as commander and the documentation want it. */
export interface FlagDeclaration {
  /** The member of `ApiFlags` that it fills. */
  readonly name: Exclude<keyof ApiFlags, "path">;
  /** In commander's notation: `-X, --method <METHOD>`. */
  readonly flags: string;
  readonly description: string;
  /** It may be given several times; the values are collected in order. */
  readonly repeat?: true;
  /** Accepted, but shown nowhere. */
  readonly hidden?: true;
  /** What completion offers as its value. */
  readonly values?: readonly string[];
}

/** The table, in the order of `--help`. */
export const API_FLAGS: readonly FlagDeclaration[] = [
  {
    name: "method",
    flags: "-X, --method <METHOD>",
    description: "HTTP method; without it POST when there is a body, else GET",
    values: ["GET", "POST", "PATCH", "PUT", "DELETE"],
  },
  {
    name: "header",
    flags: "-H, --header <NAME: VALUE>",
    description: "add a request header; repeats",
    repeat: true,
  },
  {
    name: "input",
    flags: "-i, --input <BODY|FILE|->",
    description: "the body: JSON that starts with { or [, else a file, or - for stdin",
  },
  {
    name: "attribute",
    flags: "-a, --attribute <KEY=VALUE>",
    description:
      "an attribute of a JSON:API body; null, true, false, numbers and JSON are typed, the rest is text; repeats",
    repeat: true,
  },
  {
    name: "type",
    flags: "-t, --type <TYPE>",
    description: "resource type for the body that -a makes; without it the path tells",
  },
  {
    name: "field",
    flags: "-f, --field <KEY=VALUE>",
    description: "add a query parameter; repeats",
    repeat: true,
  },
  {
    name: "param",
    flags: "-p, --param <KEY=VALUE>",
    description:
      "fill {KEY} in PATH; names of workspaces, teams, projects and varsets become IDs; repeats",
    repeat: true,
  },
  {
    name: "all",
    flags: "--all",
    description: "follow pagination and merge the pages, at most 2,000 records",
  },
  {
    name: "pageSize",
    flags: "--page-size <N>",
    description: "records for each page, 1 to 100",
  },
  {
    name: "pageNumber",
    flags: "--page-number <N>",
    description: "which page, from 1",
  },
  {
    name: "wait",
    flags: "--wait [DURATION]",
    description: "where a person must answer, wait for it instead of exiting with 8",
  },
  {
    name: "reason",
    flags: "--reason <TEXT>",
    description: "why, for the person who answers; shown as unverified",
  },
  {
    name: "yes",
    flags: "-y, --yes",
    description: "not a flag of holdfast: an error that says what to use instead",
    hidden: true,
  },
];

/** There is no `--yes`: a flag that an agent can add by itself would be no person's answer. */
export function yesFailure(): Failure {
  return usageFailure(
    "--yes: there is no such flag, a destructive request needs a person's yes",
    "to allow deletions ahead: holdfast harness exec --allow-delete=CLASSES -- COMMAND",
  );
}
