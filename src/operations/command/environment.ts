// What a command is given of its caller's variables.
//
// V1 Only what is on a list is passed: a built-in one, and the names that policy adds.
// V2 A variable that makes programs load or run something else is never passed, whoever names it.
// V3 Every value that is passed changes the digest, as a keyed hash. Not the terminal's kind, so that
//    a retry elsewhere is the same command; not the session, which its host checks itself.

import { createHmac } from "node:crypto";
import { whyDangerous } from "../../policy/policy-variables.ts";
import { pathEntries } from "./program.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Passed to every command. SSH_AUTH_SOCK is not: it lends out keys, so policy has to name it. Nested
 * holdfast commands need HOLDFAST_*, and XDG_CONFIG_HOME to find the same configuration.
 */
const BUILT_IN =
  /^(?:HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM|TMPDIR|PATH|XDG_CONFIG_HOME|HOLDFAST_[A-Z0-9_]+)$/;

/** Set by us, or different in every terminal: policy's naming them changes nothing. */
const VOLATILE = /^(?:PWD|OLDPWD|SHLVL|_|COLUMNS|LINES)$/;

const NOT_IN_DIGEST: ReadonlySet<string> = new Set(["TERM", "PWD", "HOLDFAST_EXEC_SESSION"]);

/** Besides those that policy refuses to name: nothing has a reason to pass them on. */
const ALSO_DANGEROUS: ReadonlySet<string> = new Set(
  `FPATH HOSTALIASES RESOLV_HOST_CONF TERMINFO TERMINFO_DIRS ELECTRON_RUN_AS_NODE BUN_OPTIONS
   DENO_FLAGS RUBYSHELL PERLIO R_PROFILE R_PROFILE_USER JULIA_LOAD_PATH AWKPATH AWKLIBPATH SBT_OPTS
   CMAKE_TOOLCHAIN_FILE RUSTC RUSTDOC GOROOT LESSKEY SVN_SSH RSYNC_RSH CVS_RSH TAR_OPTIONS
   RIPGREP_CONFIG_PATH HELM_POST_RENDERER TF_REATTACH_PROVIDERS TF_PLUGIN_CACHE_DIR PIP_CONFIG_FILE
   MSBUILDEXTENSIONSPATH`.split(/\s+/),
);

/** Whether a variable of that name is never passed (V2). Case does not count: some programs fold it. */
export function isDangerousVariable(name: string): boolean {
  if (BUILT_IN.test(name)) return false;
  return whyDangerous(name) !== undefined || ALSO_DANGEROUS.has(name.toUpperCase());
}

export interface Scrubbed {
  /** What the command gets. */
  readonly values: Readonly<Record<string, string>>;
  /** Name -> HMAC-SHA-256 of the value, hex: what the digest is made of (V3). */
  readonly hashes: Readonly<Record<string, string>>;
  /** What was left out that somebody may miss: one line each. */
  readonly notes: readonly string[];
}

/** Scrubs the caller's variables. `pass`: the names that policy adds; `cwd` becomes PWD. */
export function scrubEnvironment(
  env: Environment,
  pass: readonly string[],
  cwd: string,
  key: Buffer,
): Scrubbed {
  const names = Object.keys(env).filter((name) => env[name] !== undefined);
  const refused = names.filter(isDangerousVariable);
  const notes = refused.length === 0 ? [] : [`never passed on: ${refused.sort().join(" ")}`];
  const values: Record<string, string> = {};
  for (const name of names.sort()) {
    if (VOLATILE.test(name) || isDangerousVariable(name)) continue;
    if (!BUILT_IN.test(name) && !pass.includes(name)) continue;
    const value = cleaned(name, env[name] ?? "", notes);
    if (value !== undefined) values[name] = value;
    else notes.push(`not passed on, not usable as it is: ${name}`);
  }
  values.PWD = cwd;
  const digested = Object.entries(values).filter(([name]) => !NOT_IN_DIGEST.has(name));
  return {
    values,
    hashes: Object.fromEntries(digested.map(([name, value]) => [name, hmac(key, value)])),
    notes,
  };
}

/** The value as it is passed; undefined where it is not. */
function cleaned(name: string, value: string, notes: string[]): string | undefined {
  // What was not UTF-8 has not come to us as it was.
  if (value.includes("\ufffd")) return undefined;
  if (name === "TERM") return /^[A-Za-z0-9._+-]{1,64}$/.test(value) ? value : undefined;
  if (name !== "PATH") return value;
  const { kept, skipped } = pathEntries(value);
  if (skipped.length > 0)
    notes.push(
      `left out of PATH, not absolute: ${skipped.map((each) => JSON.stringify(each)).join(" ")}`,
    );
  return kept.length === 0 ? undefined : kept.join(":");
}

function hmac(key: Buffer, value: string): string {
  return createHmac("sha256", key).update(value).digest("hex");
}
