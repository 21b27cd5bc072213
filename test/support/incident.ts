// The scene of an incident: a gateway for an environment, an agent that calls its tools, and a person
// beside it who is shown what would have happened.

import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import type { Environment } from "../../src/policy/environment.ts";
import { type Desk, sitDown, type Told } from "./desk.ts";
import { type Called, openGateway, type StdioGateway } from "./gateway-client.ts";
import { type Stage, setStage } from "./stage.ts";

export interface Incident {
  readonly stage: Stage;
  readonly desk: Desk;
  /** Where the gateway was started: absolute, symbolic links followed, and empty at first. */
  readonly work: string;
  readonly path: (name: string) => string;
  /** Writes a file below `work`, its directories too. */
  file(name: string, text: string, mode?: number): string;
  /** The agent's call of a tool. */
  call(tool: string, input: object): Promise<Called>;
  /** The card of the request that a call filed, as a person gets it: its lines joined, its blanks one. */
  card(called: Called): Promise<string>;
  /** A person answers at a terminal: types `line` where they are asked. */
  approve(called: Called, line?: string): Promise<Told>;
  close(): Promise<void>;
}

export interface IncidentOptions {
  /** Default: prod. */
  readonly environment?: Environment;
  /** What policy says of that environment. */
  readonly rules?: object;
  /** Added to the gateway's variables. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Opens one. Close it when done. */
export async function openIncident({
  environment = "prod",
  rules = {},
  env = {},
}: IncidentOptions = {}): Promise<Incident> {
  const stage = await setStage({ asks: true });
  const work = join(realpathSync(stage.directory), "payments");
  mkdirSync(work);
  const config = stage.env.HOLDFAST_CONFIG_DIR ?? "";
  mkdirSync(config, { mode: 0o700 });
  const policy = { version: 1, environments: { [environment]: rules } };
  writeFileSync(join(config, "policy.yaml"), JSON.stringify(policy), { mode: 0o600 });
  const desk = await sitDown(stage);
  const gateway: StdioGateway = await openGateway(stage, { environment, cwd: work, env });
  const path = (name: string) => join(work, name);
  return {
    ...{ stage, desk, work, path },
    file: (name, text, mode = 0o644) => {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), text, { mode });
      return path(name);
    },
    call: (tool, input) => gateway.call(tool, input),
    card: async (called) => {
      const { screen } = await desk.script(["approval", "show", requestOf(called)]);
      return screen.replaceAll(/\r?\n +[a-z][a-z ]*? \(goes on\) /g, "").replaceAll(/\s+/g, " ");
    },
    approve: (called, line = "y") => desk.answer(["approve", requestOf(called)], line),
    close: async () => {
      await gateway.close();
      await desk.close();
      await stage.close();
    },
  };
}

/** That nothing was done, and that a person was asked. */
export function expectWaiting({ isError, result, text }: Called): void {
  expect([isError, result.status], text).toEqual([true, "waiting"]);
  expect(result.execution).toBeUndefined();
}

/** The id of the request that a call filed. */
export function requestOf({ result, text }: Called): string {
  if (result.request === undefined) throw new Error(`no request: ${text}`);
  return result.request.id;
}
