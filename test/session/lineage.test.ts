import { describe, expect, it } from "vitest";
import {
  hasOlderAncestor,
  isAtOlderTerminal,
  isBelow,
  isEverybodysAncestor,
  placeCaller,
} from "../../src/session/lineage.ts";
import type { ProcessInfo } from "../../src/system/processes.ts";

const INIT: ProcessInfo = { pid: 1, ppid: 0, started: 0, name: "systemd" };
const MANAGER: ProcessInfo = { pid: 50, ppid: 1, started: 10, name: "systemd" };
const TERMINAL: ProcessInfo = { pid: 60, ppid: 50, started: 20, name: "gnome-terminal-" };
const SHELL: ProcessInfo = { pid: 70, ppid: 60, started: 30, name: "bash" };
const HOST: ProcessInfo = { pid: 100, ppid: 70, started: 100, name: "node" };
const AGENT: ProcessInfo = { pid: 110, ppid: 100, started: 101, name: "claude" };
const INNER: ProcessInfo = { pid: 120, ppid: 110, started: 150, name: "node" };
const SCRIPT: ProcessInfo = { pid: 130, ppid: 120, started: 151, name: "sh" };
const CALLER: ProcessInfo = { pid: 900, ppid: 0, started: 200, name: "node" };
const PEOPLE = [SHELL, TERMINAL, MANAGER, INIT];

const place = (
  chain: readonly ProcessInfo[],
  { adopted = [] as ProcessInfo[], inner = [] as ProcessInfo[] } = {},
) => placeCaller(chain, [HOST, ...adopted], inner, HOST.started);

describe("where a caller stands (N1, N2)", () => {
  const inside = { where: "inside" };
  const outside = { where: "outside" };

  it("below the host it is inside", () => {
    expect(place([CALLER, AGENT, HOST, ...PEOPLE])).toEqual(inside);
    expect(place([CALLER, HOST, ...PEOPLE])).toEqual(inside);
  });

  it("the host itself is inside its own session", () => {
    expect(place([HOST, ...PEOPLE])).toEqual(inside);
  });

  it("beside the host it is outside: a sibling with a stolen token", () => {
    expect(place([CALLER, ...PEOPLE])).toEqual(outside);
  });

  it("a process with the host's pid and another start time is not the host", () => {
    const later = { ...HOST, started: 500 };
    expect(place([CALLER, later, ...PEOPLE])).toEqual(outside);
    expect(place([CALLER, { ...HOST, started: 99 }, ...PEOPLE])).toEqual(outside);
  });

  it("a process with the host's start time and another pid is not the host", () => {
    expect(place([CALLER, { ...HOST, pid: 101 }, ...PEOPLE])).toEqual(outside);
  });

  it("nobody is inside whose lineage is not known", () => {
    expect(place([])).toEqual(outside);
    expect(place([INIT])).toEqual(outside);
    expect(place([MANAGER, INIT])).toEqual(outside);
  });

  it("a chain that came loose is detached, and its oldest process is named", () => {
    const daemon = { ...AGENT, ppid: 1 };
    expect(place([CALLER, daemon, INIT])).toEqual({ where: "detached", top: daemon.pid });
    expect(place([CALLER, INIT])).toEqual({ where: "detached", top: CALLER.pid });
    expect(place([CALLER, daemon, MANAGER, INIT])).toEqual({ where: "detached", top: daemon.pid });
  });

  it("a chain with an older process is somebody else's, and is not offered for adoption", () => {
    expect(place([CALLER, { ...AGENT, started: 99 }, INIT])).toEqual(outside);
  });

  it("below what was adopted it is inside, until that pid is another process", () => {
    const tmux = { pid: 300, ppid: 1, started: 160, name: "tmux: server" };
    expect(place([CALLER, tmux, INIT], { adopted: [tmux] })).toEqual(inside);
    expect(place([CALLER, { ...tmux, started: 180 }, INIT], { adopted: [tmux] })).toEqual({
      where: "detached",
      top: 300,
    });
  });

  it("below an inner session it belongs to that; the inner host itself to the outer (N2)", () => {
    const chain = [SCRIPT, INNER, AGENT, HOST, ...PEOPLE];
    expect(place(chain, { inner: [INNER] })).toEqual({ where: "below-inner-session" });
    expect(place(chain.slice(1), { inner: [INNER] })).toEqual(inside);
    expect(place([CALLER, ...chain], { inner: [INNER] })).toEqual({ where: "below-inner-session" });
  });
});

describe("init and service managers are everybody's ancestors (N3)", () => {
  it.each<[string, ProcessInfo, boolean]>([
    ["pid 1, whatever it is called", { ...INIT, name: "docker-init" }, true],
    ["the user's systemd", MANAGER, true],
    ["launchd's own", { ...MANAGER, name: "launchd" }, true],
    ["WSL's init", { ...MANAGER, name: "init(Ubuntu)" }, true],
    ["a systemd that something else started", { ...MANAGER, ppid: 60 }, false],
    ["another child of init", { ...MANAGER, name: "sshd" }, false],
    ["a shell", SHELL, false],
  ])("%s: %s", (_, process, expected) => {
    expect(isEverybodysAncestor(process)).toBe(expected);
  });
});

describe("a terminal older than the session (N11)", () => {
  const TTY = 34_819;
  const at = (process: ProcessInfo, terminal: number): ProcessInfo => ({ ...process, terminal });
  const caller = at(CALLER, TTY);
  const shell = at(SHELL, TTY);

  it.each<[string, ProcessInfo[], boolean]>([
    ["a person's shell at it", [caller, shell, at(TERMINAL, 0), MANAGER, INIT], true],
    ["the shell of another one", [caller, at(SHELL, TTY + 1), INIT], false],
    ["an old daemon that made it now", [caller, at({ ...AGENT, name: "tmux" }, 0), INIT], false],
    [
      "an old daemon, and a new shell",
      [caller, at({ ...SHELL, started: 150 }, TTY), at(TERMINAL, 0)],
      false,
    ],
    ["a shell as old as the session", [caller, { ...shell, started: 100 }], false],
    ["a shell one tick older", [caller, { ...shell, started: 99 }], true],
    ["the caller itself", [{ ...caller, started: 5 }, INIT], false],
    ["init, if it were at it", [caller, at(INIT, TTY)], false],
    ["no terminal, like its ancestors", [at(CALLER, 0), at(SHELL, 0)], false],
    ["one that is not known, like its ancestors'", [CALLER, SHELL], false],
    ["nobody", [], false],
  ])("%s: %s", (_, chain, expected) => {
    expect(isAtOlderTerminal(chain, HOST.started)).toBe(expected);
  });
});

describe("an ancestor older than the session (N3, N10)", () => {
  it.each<[string, ProcessInfo[], boolean]>([
    ["a person's shell", [CALLER, ...PEOPLE], true],
    ["only the caller itself", [{ ...CALLER, started: 5 }, INIT], false],
    ["only init and the manager", [CALLER, MANAGER, INIT], false],
    ["a shell as old as the session", [CALLER, { ...SHELL, started: 100 }, INIT], false],
    ["a shell one tick older", [CALLER, { ...SHELL, started: 99 }, INIT], true],
    ["a shell that is younger", [CALLER, { ...SHELL, started: 101 }, MANAGER, INIT], false],
    ["nobody", [], false],
  ])("%s: %s", (_, chain, expected) => {
    expect(hasOlderAncestor(chain, HOST.started)).toBe(expected);
  });
});

describe("being below somebody (A1)", () => {
  it("counts the process itself, and pid and start time together", () => {
    expect(isBelow([CALLER, AGENT, HOST], [HOST])).toBe(true);
    expect(isBelow([HOST], [HOST])).toBe(true);
    expect(isBelow([CALLER, { ...HOST, started: 1 }], [HOST])).toBe(false);
    expect(isBelow([], [HOST])).toBe(false);
    expect(isBelow([CALLER], [])).toBe(false);
  });
});
