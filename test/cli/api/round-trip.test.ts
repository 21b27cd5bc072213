import { Command } from "commander";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { API_FLAGS, type ApiFlags } from "../../../src/cli/api/flags.ts";
import { buildRequest } from "../../../src/cli/api/request.ts";
import { type LookUps, toOperation } from "../../../src/operations/hcp/to-operation.ts";
import { apiCommand } from "../../../src/policy/command-line.ts";

const baseUrl = new URL("https://app.terraform.io");
const unasked = () => Promise.reject(new Error("nothing may be looked up here"));
const lookUps = new Proxy({}, { get: () => unasked }) as LookUps;

function flagsOf(words: readonly string[]): ApiFlags {
  const command = new Command().exitOverride().argument("<path>");
  for (const { flags, description, repeat } of API_FLAGS) {
    const option = command.createOption(flags, description);
    if (repeat) option.argParser((value: string, before: string[] = []) => [...before, value]);
    command.addOption(option);
  }
  command.parse([...words], { from: "user" });
  return { ...command.opts(), path: command.args[0] ?? "" };
}

async function operationOf(...words: string[]) {
  const input = await buildRequest(flagsOf(words), {
    baseUrl,
    cwd: "/",
    stdin: Readable.from([]),
    organization: async () => undefined,
    workspace: async () => undefined,
    read: { get: unasked },
  });
  return toOperation(input, { baseUrl, lookUps });
}

describe("the command that a refusal prints makes the same operation again", () => {
  it.each([
    [["/workspaces/ws-1", "-X", "DELETE"]],
    [["workspaces/ws-1?a=b%26c+d&e", "-X", "delete", "-f", "filter[x]=ü {y} #%"]],
    [["/organizations/{o}", "-p", "o=a b'c", "-X", "DELETE"]],
    [
      [
        "/varsets/varset-1/relationships/workspaces",
        "-X",
        "DELETE",
        "-i",
        '{"data":[{"id":"ws-1"}]}',
      ],
    ],
    [
      [
        "/teams/team-1",
        "-X",
        "PATCH",
        "-a",
        "name=it's \\u202e",
        "-t",
        "vars",
        "-H",
        "X-Trace: a 'b'",
      ],
    ],
    [["https://app.terraform.io/api/v2/varsets/varset-1", "-X", "DELETE"]],
  ])("%j", async (words) => {
    const operation = await operationOf(...words);
    const [, , ...again] = apiCommand(operation);
    expect(await operationOf(...again)).toEqual(operation);
  });
});
