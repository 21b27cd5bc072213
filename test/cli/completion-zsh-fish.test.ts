// zsh in a real terminal, fish by its own `complete -C`; each is skipped where it is not installed.

import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Booth, inBash, inFish, isInstalled, makeBooth, typed } from "./completion-shell.ts";

let booth: Booth;

beforeAll(async () => {
  booth = await makeBooth();
});
afterAll(() => booth.remove());

describe.skipIf(!isInstalled("zsh"))("zsh (skipped where zsh is not installed)", () => {
  it("reads the script without complaint", () => {
    execFileSync("zsh", ["-n", booth.script("zsh")]);
  });

  it.each([
    ["holdfast ses\t", "holdfast session "],
    ["holdfast session \t", "take a session's grant away"],
    ["holdfast --mark\t", "holdfast --markdown "],
    ["holdfast api -X DEL\t", "-X DELETE "],
    ["holdfast api --method=DEL\t", "--method=DELETE "],
    ["holdfast harness exec --allow-delete=workspaces,varset-w\t", "=workspaces,varset-workspaces"],
    ["holdfast harness exec --allow-delete runs,varset-w\t", " runs,varset-workspaces"],
    ["holdfast api /workspaces/ws-1/actions/sa\t", "/workspaces/ws-1/actions/safe-delete "],
    ["holdfast api workspaces/ws-1/actions/sa\t", "workspaces/ws-1/actions/safe-delete "],
    ["holdfast api -X DELETE /workspaces/ws-1/va\t", "/workspaces/ws-1/vars/"],
    ["holdfast completion f\t", "completion fish "],
    ["holdfast harness exec --allow-delete=all -- holdf\t", "-- holdfast "],
  ])("%j shows %j", async (keys, expected) => {
    expect(await typed("zsh", booth, keys, expected)).toContain(expected);
  });
});

describe.skipIf(!isInstalled("fish"))("fish (skipped where fish is not installed)", () => {
  it("reads the script without complaint", () => {
    execFileSync("fish", ["-n", booth.script("fish")]);
  });

  it.each<[string, string[]]>([
    ["holdfast ses", ["session"]],
    ["holdfast session ", ["adopt", "list", "revoke", "show"]],
    ["holdfast --json session l", ["list"]],
    ["holdfast --mark", ["--markdown"]],
    ["holdfast api -X P", ["PATCH", "POST", "PUT"]],
    ["holdfast api --method=DE", ["--method=DELETE"]],
    ["holdfast completion ", ["bash", "fish", "zsh"]],
    ["holdfast completion bash ", []],
    ["holdfast api /workspaces/ws-1/actions/safe", ["/workspaces/ws-1/actions/safe-delete"]],
    ["holdfast api workspaces/ws-1/actions/safe", ["workspaces/ws-1/actions/safe-delete"]],
    ["holdfast api -X GET /workspaces/ws-1/actions/", []],
    ["holdfast api -X DELETE /workspaces/ws-1/va", ["/workspaces/ws-1/vars/"]],
    ["holdfast api /workspaces/", []],
    ["holdfast api ", ["/"]],
    ["holdfast harness exec --rec", ["--receipt"]],
    ["holdfast harness exec -- holdf", ["holdfast"]],
    ["holdfast harness exec --allow-delete runs,varset-w", ["runs,varset-workspaces"]],
    ["holdfast harness exec --allow-delete=varset-w", ["--allow-delete=varset-workspaces"]],
  ])("%j offers %j", (line, offered) => {
    expect(inFish(booth, line).sort()).toEqual([...offered].sort());
  });
});

describe("the three together", () => {
  it.skipIf(!isInstalled("fish"))(
    "bash and fish offer the same paths (skipped where fish is not installed)",
    () => {
      for (const typing of [
        "/",
        "/organizations/acme/",
        "/workspaces/ws-1/",
        "/runs/run-1/actions/",
      ]) {
        const bash = inBash(booth, ["holdfast", "api", typing]).map((word) => word.trimEnd());
        expect(inFish(booth, `holdfast api ${typing}`).sort()).toEqual(bash.sort());
      }
    },
  );
});
