// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is shell text

import { describe, expect, it } from "vitest";
import { unsetVariables, withUnset } from "../../../src/operations/command/unset-variables.ts";

describe("V1: what counts as unset", () => {
  it.each([
    ['rm -rf "$A/"*', ["A"]],
    ["rm -rf ${A}/ $B", ["A", "B"]],
    ["rm -rf $PASSED/$A", ["A"]],
    ["cd $HOME; ls $PWD $BASH_VERSION $RANDOM", []],
    ["A=x; rm -rf $A", []],
    ["for A in x y; do rm $A; done", []],
    ["read A; rm $A", []],
    ["rm -rf ${A:-build}", []],
    ["rm -rf ${A:?} $A", []],
    ["export A; rm $A", []],
    [". ./env; rm -rf $A/", []],
    ['eval "$(set)"; rm -rf $A/', []],
    ["echo $1 $? $$ $@", []],
    ["A", []],
  ])("%s: %j", (text, names) => {
    expect(unsetVariables([text], ["PASSED"])).toEqual(names);
  });

  it("is quick, and looks at no more than a card shows", () => {
    expect(unsetVariables(["${".repeat(50_000), "$A"], [])).toEqual([]);
  });
});

describe("V2: commands without it", () => {
  it("stand beside those with it, so that rules see both", () => {
    const commands = [["cd", "$A"], ["rm", "-rf", "$A/*", "${B}"], ["ls"]];
    expect(withUnset(commands, ["A"])).toEqual([
      ...commands,
      ["cd", ""],
      ["rm", "-rf", "/*", "${B}"],
    ]);
    expect(withUnset(commands, [])).toBe(commands);
  });
});
