import { describe, expect, it } from "vitest";
import { Failure } from "../../src/policy/failure.ts";
import {
  isResourceClass,
  nearestResourceClass,
  parseAllowDelete,
  RESOURCE_CLASSES,
  type ResourceClassInfo,
} from "../../src/policy/resource-class.ts";

const ALL: [string, ResourceClassInfo][] = Object.entries(RESOURCE_CLASSES);

describe("the table of resource classes", () => {
  it("is sorted by name", () => {
    const names = Object.keys(RESOURCE_CLASSES);
    expect(names).toEqual([...names].sort());
  });

  it.each(ALL)("%s has a plain name, a singular and one clause of reason", (name, info) => {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*s$|^backing-data$/);
    expect(info.singular).toMatch(/^\S.*\S$/);
    expect(info.because).toMatch(/^[^.\n]+[^.\s]$/);
  });

  it.each([
    "organizations",
    "projects",
    "ssh-keys",
    "gpg-keys",
    "oauth-clients",
    "oauth-tokens",
    "hyok-configurations",
    "hyok-customer-key-versions",
    "permanent-deletions",
    "destroy-runs",
    "scheduled-destructions",
    ...Object.keys(RESOURCE_CLASSES).filter((name) => name.endsWith("-tokens")),
  ])("C2: %s are irreversible", (name) => {
    expect(isResourceClass(name) && RESOURCE_CLASSES[name].reversibility).toBe("irreversible");
  });

  it("C1: a kind of thing with two outcomes has two classes", () => {
    expect(RESOURCE_CLASSES["backing-data"].reversibility).toBe("reversible");
    expect(RESOURCE_CLASSES["permanent-deletions"].reversibility).toBe("irreversible");
    expect(RESOURCE_CLASSES.runs.reversibility).toBe("depends");
    expect(RESOURCE_CLASSES["destroy-runs"].reversibility).toBe("irreversible");
  });

  it.each(["toString", "constructor", "__proto__", "", "Workspaces", "reversible", "unknown"])(
    "%j is not a class",
    (name) => expect(isResourceClass(name)).toBe(false),
  );
});

describe("--allow-delete", () => {
  it.each<[readonly string[], string[], boolean]>([
    [["workspaces"], ["workspaces"], false],
    [["vars,workspaces"], ["vars", "workspaces"], false],
    [["workspaces", "vars"], ["vars", "workspaces"], false],
    [[" Workspaces ,, VARS ", "vars"], ["vars", "workspaces"], false],
    [["all"], [], true],
    [["reversible"], [], true],
    [["All,reversible,projects"], ["projects"], true],
    [[""], [], false],
    [[" , "], [], false],
    [[], [], false],
  ])("%j grants %j, wildcard %s", (values, classes, wildcard) => {
    expect(parseAllowDelete(values)).toEqual({ classes, wildcard });
  });

  it.each([
    ["workspace", "workspaces"],
    ["workspces", "workspaces"],
    ["var", "vars"],
    ["reversable", "reversible"],
    ["al", "all"],
    ["organisations", "organizations"],
    ["varset-workspace", "varset-workspaces"],
  ])("C4: %s is refused, and %s is named", (typed, nearest) => {
    expect(nearestResourceClass(typed)).toBe(nearest);
    const failure = failureOf(() => parseAllowDelete(["vars", typed.toUpperCase()]));
    expect(failure).toMatchObject({ code: "unknown-class", exitCode: 1 });
    expect(failure.message).toContain("--allow-delete");
    expect(failure.message).toContain(nearest);
    expect(failure.fix).toBe(`--allow-delete=${nearest}`);
  });

  it.each(["foo", "any", "everything", "tall1", "*", "x"])(
    "C4: a guess never widens: %s does not become a wildcard",
    (typed) => {
      expect(["all", "reversible"]).not.toContain(nearestResourceClass(typed));
    },
  );

  it.each(["__proto__", "constructor", "a\nb", "x".repeat(100_000), "*", "unknown"])(
    "C4: odd text is one line of refusal (%#)",
    (typed) => {
      const failure = failureOf(() => parseAllowDelete([typed]));
      expect(failure.code).toBe("unknown-class");
      expect(failure.message).not.toContain("\n");
      expect(failure.message.length).toBeLessThan(250);
    },
  );
});

function failureOf(run: () => unknown): Failure {
  try {
    run();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
