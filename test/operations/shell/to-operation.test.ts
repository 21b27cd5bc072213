import { afterAll, beforeAll, expect, it } from "vitest";
import { describeCommand } from "../../../src/operations/command/card.ts";
import { toShellOperation } from "../../../src/operations/shell/to-operation.ts";
import { operationDigest } from "../../../src/policy/digest.ts";
import { makeYard, type Yard } from "../../support/command-yard.ts";

let yard: Yard;
beforeAll(() => {
  yard = makeYard();
});
afterAll(() => yard.close());

it("T1: one plain command is the operation of its words", async () => {
  const { operation, reading } = await toShellOperation("r\\m  -rf 'a b'", yard.context());
  expect(reading.kind).toBe("argv");
  expect(operation).toEqual((await yard.resolve(["rm", "-rf", "a b"])).operation);
  expect(operation.impact).toBe("destroy");
});

it("T2: what needs a shell is bash with the whole text, which no entry covers, all of it on the card", async () => {
  const text = "ls *; terraform destroy -auto-approve";
  const resolved = await toShellOperation(text, yard.context({ readRoots: [yard.directory] }));
  const { operation } = resolved;
  expect(operation).toMatchObject({ impact: "destroy", command: { unbindable: "interpreter" } });
  expect(operation.command.args).toEqual(["--noprofile", "--norc", "-c", text]);
  expect(operation.command.within).toEqual([
    ["ls", "*"],
    ["terraform", "destroy", "-auto-approve"],
  ]);
  const card = describeCommand(resolved);
  expect(card.rows.map((row) => row.text).join("")).toContain("terraform destroy -auto-approve");
  const again = await toShellOperation(text, yard.context());
  expect(operationDigest(again.operation)).toBe(operationDigest(operation));
});

it.each([
  ["bash -c 'rm x'", ["rm", "x"]],
  ["sudo env A=b sh -xc 'rm x'", ["rm", "x"]],
  ["nc -e sh a 1", ["holdfast:network-shell"]],
])("C3: rules see inside %j, which is one plain command", async (text, command) => {
  const { operation } = await toShellOperation(text, yard.context());
  expect(operation.command.within).toContainEqual(command);
});

it("a command that carries no shell text has nothing within", async () => {
  const { operation } = await toShellOperation("python3 -c 'import os'", yard.context());
  expect(operation.command.within).toBeUndefined();
});

it.each(["", " \n", "a\0b", "a \ud800", "a \ufffd", `a ${"b".repeat(40_000)}`])(
  "T3: what is no text, or too long to be looked through, is no operation",
  async (text) => {
    await expect(toShellOperation(text, yard.context())).rejects.toMatchObject({ code: "usage" });
  },
);
