// What is about to be done, fully resolved. A surface makes one through operations/, the gate
// decides on it, and the very same object is what an executor sends: nothing derives it again.

import type { ResourceClass } from "./resource-class.ts";

/** What the operation does to what it touches. `unknown` is treated as `destroy`. */
export type Impact = "read" | "change" | "destroy" | "unknown";

/**
 * Whether what is destroyed could be recreated from what was readable before. `depends` means that
 * only a look-up of this very resource can tell; until then it counts as irreversible.
 */
export type Reversibility = "reversible" | "irreversible" | "depends";

/** Where the operation acts: the hostname (with a port where one was given) and the resource. */
export interface Target {
  readonly hostname: string;
  /** Known only when the path names it or a look-up found it. */
  readonly organization?: string;
  /** The resource's path below the API root, canonical: `/workspaces/ws-8ZkQ`. */
  readonly path: string;
  /** What the path's last placeholder was filled with: an id or a name. Undefined for a collection. */
  readonly id?: string;
}

/** One HTTP request to HCP Terraform, exactly as it will be sent, less the credentials. */
export interface HcpRequest {
  /** Upper case. */
  readonly method: string;
  /** Starts with `/api/`, percent-encoded, canonical. */
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Lower-case names. Never holds credentials. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes to send as UTF-8 text; JSON bodies are serialised again from our own parse. */
  readonly body?: string;
}

/** Why no standing entry can cover a command, ever: one clause for people. */
export type BindObstacle =
  /** A shell, an interpreter or a wrapper: its arguments decide what really runs. */
  | "interpreter"
  | "wrapper"
  /** Looked for on PATH and found nowhere, or not executable. */
  | "not-resolved";

/** One command, exactly as it will be run: no shell is between it and the kernel. */
export interface CommandRequest {
  /** Absolute, symbolic links followed; what was typed where nothing was found. */
  readonly executable: string;
  /**
   * Where `executable` was found, where that is a symbolic link itself: what the program is told that
   * it was called as. One file may be many programs, and acts as the one whose name it hears.
   */
  readonly calledAs?: string;
  /** The name as typed: `argv[0]` on the card, never what is run. */
  readonly typed: string;
  /** The arguments, without the executable. */
  readonly args: readonly string[];
  /** Absolute, symbolic links followed. */
  readonly cwd: string;
  /** The variables that are passed on: name -> HMAC-SHA-256 of the value, hex, never the value. */
  readonly environment: Readonly<Record<string, string>>;
  /** Files whose content decides what runs (the executable, a script operand): path -> SHA-256, hex. */
  readonly files: Readonly<Record<string, string>>;
  /** Whose command it is, for policy and the allowlist: `main` where nobody says. A label, not proof. */
  readonly agent: string;
  readonly unbindable?: BindObstacle;
  /**
   * Its executable is where the agent, who runs as this user, could put another program: only its
   * content says what it is, so no entry that names it covers it, nor `security: full`.
   */
  readonly replaceable?: true;
}

/** What every kind of operation has. */
interface OperationBase {
  /** What a person reads, in the imperative: `Delete workspace`. */
  readonly title: string;
  readonly impact: Impact;
  readonly reversibility: Reversibility;
  /** How many deletions it stands for, at least 1: the entries of a bulk body. */
  readonly items: number;
  readonly target: Target;
}

/** One request to HCP Terraform. */
export interface HcpOperation extends OperationBase {
  readonly kind: "hcp";
  /** The API's own name for it (`deleteWorkspace`); undefined when no template matches the path. */
  readonly name?: string;
  readonly resourceClass: ResourceClass | "unknown";
  readonly request: HcpRequest;
}

/**
 * One command on this machine. What a command does cannot be known from its words, so its impact is
 * `unknown`, or `destroy` for what is known to destroy; `reversibility` is `irreversible` for those
 * and `depends` for the rest. The target is the executable, on `localhost`.
 */
export interface CommandOperation extends OperationBase {
  readonly kind: "command";
  readonly resourceClass: "commands" | "unknown";
  readonly command: CommandRequest;
}

/** One request to act. It may be harmless. */
export type Operation = HcpOperation | CommandOperation;

const API_ROOT = "/api/v2";

/** A request's path as people type it: below the API root where it is there. */
export function typedPath(path: string): string {
  return path.startsWith(`${API_ROOT}/`) ? path.slice(API_ROOT.length) : path;
}

/** Whether the gate lets it through without any grant: reads and non-destructive changes. */
export function isHarmless(operation: Pick<Operation, "impact">): boolean {
  return operation.impact === "read" || operation.impact === "change";
}
