// The agents that holdfast can be installed for: what each is called, and where its parts go.

import type { Environment } from "../policy/environment.ts";

export const AGENT_IDS = [
  "claude-code",
  "codex",
  "opencode",
  "cursor",
  "gemini-cli",
  "copilot-cli",
  "generic",
] as const;

export type AgentId = (typeof AGENT_IDS)[number];

export const isAgentId = (name: string): name is AgentId => AGENT_IDS.some((each) => each === name);

/** Where an agent would be configured. */
export interface Place {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly home: string;
  /** The project's directory, absolute: its own configuration instead of the user's. */
  readonly project?: string;
  /** For `generic`: the client's configuration file, absolute. */
  readonly file?: string;
}

/** What an agent is made to start; every path is absolute. */
export interface Launch {
  readonly node: string;
  readonly script: string;
  readonly environment: Environment;
  /** `--policy`, absolute. */
  readonly policyFile?: string;
}

/** The parts of an installation. */
export type PartName = "gateway" | "hook" | "skill";

interface PartBase {
  readonly part: PartName;
  /** Absolute. */
  readonly path: string;
}

/** A property or an item in a JSON file, comments and all. */
export interface JsonPart extends PartBase {
  readonly kind: "json";
  /** The container, from the root: made where it is missing. */
  readonly at: readonly string[];
  /** The property's name; an item of an array where it is absent. */
  readonly name?: string;
  readonly value: unknown;
  /** Whether holdfast made such a value, for whatever environment and from whatever path. */
  readonly isOurs: (value: unknown) => boolean;
  /** What a new file holds besides. */
  readonly base?: Readonly<Record<string, unknown>>;
}

/** A block of lines at the end of a TOML file, between markers of ours. */
export interface TomlPart extends PartBase {
  readonly kind: "toml";
  /** The table, `mcp_servers.holdfast`: nobody else may define it. */
  readonly table: readonly [string, string];
  /** The lines between the markers. */
  readonly lines: readonly string[];
}

/** A file that is wholly ours. */
export interface OwnPart extends PartBase {
  readonly kind: "own";
  readonly text: string;
}

export type Part = JsonPart | TomlPart | OwnPart;

export interface Agent {
  readonly id: AgentId;
  /** As people know it. */
  readonly name: string;
  /** Whose documentation the formats are from, and of when. */
  readonly documented: { readonly version: string; readonly sources: readonly string[] };
  /** Whether its hook can leave the question to a person; otherwise what would be asked is denied. */
  readonly canAsk: boolean;
  readonly hasProjectFiles: boolean;
  /** Looked for on PATH. */
  readonly programs: readonly string[];
  /** Directories or files that are there once it was used. */
  readonly traces: (place: Place) => readonly string[];
  readonly parts: (place: Place, launch: Launch) => readonly Part[];
  /** What a person has to do or know besides. */
  readonly notes: readonly string[];
}
