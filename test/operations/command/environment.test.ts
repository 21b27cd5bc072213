import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isDangerousVariable,
  scrubEnvironment,
} from "../../../src/operations/command/environment.ts";
import { fuzzRuns } from "../../support/fuzz-runs.ts";

const KEY = Buffer.alloc(32, 1);
const scrub = (env: Record<string, string>, pass: string[] = []) =>
  scrubEnvironment(env, pass, "/work", KEY);

const DANGEROUS =
  "LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT DYLD_INSERT_LIBRARIES NODE_OPTIONS NODE_PATH BASH_ENV ENV PYTHONPATH PYTHONSTARTUP PERL5OPT PERL5LIB RUBYOPT RUBYLIB GIT_SSH_COMMAND GIT_SSH GIT_EXEC_PATH GIT_CONFIG_COUNT GIT_PAGER GIT_EDITOR GIT_EXTERNAL_DIFF JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS CDPATH PROMPT_COMMAND ZDOTDIR DOTNET_STARTUP_HOOKS IFS PS4 SHELLOPTS MAKEFLAGS EDITOR VISUAL PAGER LESSOPEN TF_CLI_ARGS TF_CLI_ARGS_apply GLIBC_TUNABLES BASH_FUNC_ls%% npm_config_script_shell GOFLAGS RUSTC_WRAPPER TAR_OPTIONS".split(
    " ",
  );

describe("V1, V2: what is passed on", () => {
  it.each(DANGEROUS)("%s never, even where policy names it, and it is said", (name) => {
    const { values, hashes, notes } = scrub({ [name]: "x" }, [name]);
    expect([Object.keys(values), Object.keys(hashes)]).toEqual([["PWD"], []]);
    expect(notes).toEqual([`never passed on: ${name}`]);
  });

  it("names on the list are, and what policy names; nothing else", () => {
    const env = {
      HOME: "/h",
      USER: "u",
      LC_ALL: "C",
      TERM: "xterm",
      XDG_CONFIG_HOME: "/x",
      HOLDFAST_CONFIG_DIR: "/c",
      HOLDFAST_EXEC_SESSION: "t",
      AWS_PROFILE: "prod",
      KUBECONFIG: "/k",
      SSH_AUTH_SOCK: "/s",
      TFE_TOKEN: "secret",
    };
    expect(Object.keys(scrub(env, ["KUBECONFIG"]).values).sort()).toEqual([
      "HOLDFAST_CONFIG_DIR",
      "HOLDFAST_EXEC_SESSION",
      "HOME",
      "KUBECONFIG",
      "LC_ALL",
      "PWD",
      "TERM",
      "USER",
      "XDG_CONFIG_HOME",
    ]);
  });

  it("PWD is the directory, whatever the caller says; what a terminal sets is not passed", () => {
    const env = { PWD: "/elsewhere", OLDPWD: "/", SHLVL: "3", _: "x", COLUMNS: "9" };
    expect(scrub(env, Object.keys(env)).values).toEqual({ PWD: "/work" });
  });

  it("a TERM that is a path is not passed", () => {
    expect(scrub({ TERM: "../../evil" }).values).toEqual({ PWD: "/work" });
  });

  it("what has not come to us as it was is not passed, and is said", () => {
    const { values, notes } = scrub({ LANG: "\ufffd" });
    expect([values, notes.join()]).toEqual([{ PWD: "/work" }, expect.stringContaining("LANG")]);
  });
});

describe("V3: hashes", () => {
  it("are HMAC-SHA-256 of the values, with the key", () => {
    const expected = createHmac("sha256", KEY).update("/h").digest("hex");
    expect(scrub({ HOME: "/h" }).hashes).toEqual({ HOME: expected });
    const other = scrubEnvironment({ HOME: "/h" }, [], "/work", Buffer.alloc(32, 2));
    expect(other.hashes.HOME).not.toBe(expected);
  });

  it("cover every value that is passed but the terminal's, the session's and the directory's", () => {
    const name = fc.constantFrom(...DANGEROUS, "HOME", "TERM", "LANG", "X", "PATH", "HOLDFAST_A");
    fc.assert(
      fc.property(fc.dictionary(name, fc.string()), fc.array(name), (env, pass) => {
        const { values, hashes } = scrubEnvironment(env, pass, "/work", KEY);
        const passed = Object.keys(values).filter((each) => !["TERM", "PWD"].includes(each));
        expect(Object.keys(hashes).sort()).toEqual(passed.sort());
        expect(passed.filter(isDangerousVariable)).toEqual([]);
      }),
      { numRuns: fuzzRuns(1) },
    );
  });
});
