// What is about to be done, fully resolved. A surface makes one through operations/, the gate
// decides on it, and the very same object is what an executor sends: nothing derives it again.

import type { Environment } from "./environment.ts";
import type { PlannedChange } from "./planned-change.ts";
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
  /**
   * For a shell's text: the simple commands found in it, however deep, each as its words. What could not
   * be found is not there: rules look at it to be stricter, never to trust.
   */
  readonly within?: readonly (readonly string[])[];
}

/**
 * A file, by its absolute path -> digest of its content, hex: SHA-256 of a program, HMAC-SHA-256 of what
 * may hold values that could be guessed.
 */
export type FileDigests = Readonly<Record<string, string>>;

/** Variables that are passed on: name -> HMAC-SHA-256 of the value, hex, never the value. */
export type VariableHashes = Readonly<Record<string, string>>;

/** One run of terraform by the gateway: it composes every word itself. */
export interface TerraformRequest {
  readonly action: "plan" | "apply";
  /** Absolute, symbolic links followed; its digest is among `files`. */
  readonly executable: string;
  /** The root module's directory: absolute, symbolic links followed. */
  readonly directory: string;
  /** The workspace that is selected for it (TF_WORKSPACE), `default` included. */
  readonly workspace: string;
  readonly options: {
    readonly destroy: boolean;
    readonly refreshOnly: boolean;
    readonly targets: readonly string[];
    readonly replace: readonly string[];
    /** Input variables, name -> keyed hash of the value. */
    readonly variables: VariableHashes;
  };
  readonly environment: VariableHashes;
  /** For `plan`: why planning may run more than terraform and its providers; one clause. */
  readonly foreign?: string;
  /** The executable, the root module's files, local modules', provisioner scripts, the provider lock. */
  readonly files: FileDigests;
  /** For `apply`: the plan that is applied. */
  readonly plan?: {
    readonly id: string;
    /** SHA-256 of the plan file, hex. */
    readonly digest: string;
    /** ISO 8601. */
    readonly expiresAt: string;
    readonly changes: readonly PlannedChange[];
    /** What else the plan says, one line each: outputs, drift, what is deferred. */
    readonly notes?: readonly string[];
    /** With a `cloud` block the file is only a pointer: the run that it points to. */
    readonly cloud?: {
      readonly hostname: string;
      readonly organization: string;
      readonly run: string;
    };
  };
}

/** One object of a cluster. */
export interface KubernetesObject {
  /** `kubernetes:deployments`, `kubernetes:certificates.cert-manager.io`; `unknown` where no kind was found. */
  readonly class: string;
  readonly name: string;
  /** Absent for what has none. */
  readonly namespace?: string;
}

/** One run of kubectl by the gateway: it composes every word itself. */
export interface KubectlRequest {
  readonly verb: "get" | "describe" | "logs" | "apply" | "delete" | "scale" | "exec";
  /** Absolute, symbolic links followed; its digest is among `files`, and the kubeconfig's. */
  readonly executable: string;
  /** Every word after it. */
  readonly args: readonly string[];
  readonly kubeconfig: string;
  readonly context: string;
  /** The API server's address, as the kubeconfig has it. */
  readonly server: string;
  readonly objects: readonly KubernetesObject[];
  /** SHA-256 of what goes to stdin: our own serialisation of the manifest. */
  readonly input?: string;
  /** The same, for people, the values of Secrets left out. */
  readonly manifest?: string;
  /** For `scale`. */
  readonly replicas?: number;
  /** For `exec`. */
  readonly command?: readonly string[];
  readonly environment: VariableHashes;
  readonly files: FileDigests;
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
  /** The environment that the gateway was started for; policy may find others in the target. */
  readonly served?: Environment;
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
 * `unknown`, or `destroy` for what is known to destroy, or `read` for one of a short table of programs
 * that only read, with arguments that the table knows; `reversibility` is `irreversible` for what
 * destroys and `depends` for the rest. The target is the executable, on `localhost`.
 */
export interface CommandOperation extends OperationBase {
  readonly kind: "command";
  readonly resourceClass: "commands" | "unknown";
  readonly command: CommandRequest;
}

/** One run of terraform. Its target is the root module's directory, `id` the workspace. */
export interface TerraformOperation extends OperationBase {
  readonly kind: "terraform";
  readonly resourceClass: "terraform";
  readonly terraform: TerraformRequest;
}

/**
 * One run of kubectl. Its target's hostname is the API server's, its path `/NAMESPACE/KIND/NAME` of the
 * first object. The class is the first object's, `unknown` where one's kind is.
 */
export interface KubectlOperation extends OperationBase {
  readonly kind: "kubectl";
  readonly resourceClass: `kubernetes:${string}` | "unknown";
  readonly kubectl: KubectlRequest;
}

/** One request to act. It may be harmless. */
export type Operation = HcpOperation | CommandOperation | TerraformOperation | KubectlOperation;

export type OperationKind = Operation["kind"];

const API_ROOT = "/api/v2";

/** A request's path as people type it: below the API root where it is there. */
export function typedPath(path: string): string {
  return path.startsWith(`${API_ROOT}/`) ? path.slice(API_ROOT.length) : path;
}

/** Whether the gate lets it through without any grant: reads and non-destructive changes. */
export function isHarmless(operation: Pick<Operation, "impact">): boolean {
  return operation.impact === "read" || operation.impact === "change";
}
