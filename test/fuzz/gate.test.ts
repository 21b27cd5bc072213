// Command lines at random against the stand-in: what gets there without an allow destroys nothing.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type StandIn, startStandIn } from "../../src/demo/stand-in/server.ts";
import type { RecordedRequest } from "../../src/demo/stand-in/recorded-request.ts";
import { resolveReversibility } from "../../src/operations/hcp/resolve.ts";
import { toOperation } from "../../src/operations/hcp/to-operation.ts";
import { isHarmless, type HcpOperation } from "../../src/policy/operation.ts";
import { RESOURCE_CLASSES, type ResourceClass } from "../../src/policy/resource-class.ts";
import { runInProcess } from "../support/cli.ts";
import { commandLines, type Template, wordsFor } from "../support/command-lines.ts";
import { whyDestructive } from "../support/destructive.ts";
import { fuzzRuns, fuzzTimeout } from "../support/fuzz-runs.ts";
import { type LiveSession, openLiveSession } from "../support/live-session.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "hf-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** How often what was tried; a property that sends nothing at all would prove nothing. */
const tally = { tried: 0, wrong: 0, sent: 0, refused: 0, destroyed: 0 };

async function tryOn(api: StandIn, template: Template, env: Record<string, string>) {
  const words = wordsFor(template, api);
  const full = { TFE_ADDRESS: api.url, TFE_TOKEN: api.token, CLAUDECODE: "1", ...env };
  const ran = await runInProcess(words, full, directory);
  expect(ran.stderr, words.join(" ")).not.toContain("defect");
  tally.tried++;
  if (ran.code === 1) tally.wrong++;
  if (ran.code === 7) tally.refused++;
  tally.sent += api.mutations.length;
  if (ran.code === 7 || words[0] === "explain" || words.includes("--dry-run"))
    expect(api.mutations, words.join(" ")).toEqual([]);
  return words;
}

/** What a request is that arrived, read again as if it were typed, on a world still untouched. */
async function readAgain(sent: RecordedRequest, pristine: StandIn): Promise<HcpOperation> {
  const { method, path, query, headers, body } = sent;
  const type = headers["content-type"];
  const input = {
    method,
    path,
    query,
    headers: type === undefined ? [] : [["content-type", type] as const],
    ...(body === "" ? {} : { body }),
  };
  return toOperation(input, { baseUrl: new URL(pristine.url), lookUps: lookUpsAt(pristine) });
}

const lookUpsAt = (api: StandIn) => ({
  get: async (path: string): Promise<unknown> => {
    const headers = { authorization: `Bearer ${api.token}` };
    const answer = await fetch(`${api.url}/api/v2${path}`, { headers });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
  },
});

async function withApis(use: (api: StandIn, pristine: StandIn) => Promise<void>): Promise<void> {
  const [api, pristine] = await Promise.all([startStandIn(), startStandIn()]);
  try {
    await use(api, pristine);
  } finally {
    await Promise.all([api.close(), pristine.close()]);
  }
}

describe("P1: without a session and without a person", () => {
  it(
    "nothing that reaches the API destroys anything",
    async () => {
      await fc.assert(
        fc.asyncProperty(commandLines, (template) =>
          withApis(async (api, pristine) => {
            const words = await tryOn(api, template, {});
            for (const sent of api.mutations) {
              expect(whyDestructive(sent), words.join(" ")).toBeUndefined();
              const operation = await readAgain(sent, pristine);
              expect(isHarmless(operation), `${words.join(" ")} sent ${sent.path}`).toBe(true);
            }
          }),
        ),
        { numRuns: fuzzRuns(4, 100) },
      );
      expect(tally.sent).toBeGreaterThan(0);
      expect(tally.refused).toBeGreaterThan(0);
    },
    fuzzTimeout(100),
  );
});

/** What is let through in one session or the other, so that each property sees something let through. */
const GRANTED: [Template][] = [
  [["api", "/workspaces/~workspaces~0~", "-X", "DELETE"]],
  [
    [
      ...["api", "/varsets/~varsets~0~/relationships/workspaces", "-X", "DELETE"],
      ...["-i", '{"data":[{"type":"workspaces","id":"~workspaces~0~"}]}'],
    ],
  ],
];

describe("G1 to G3: in a session", () => {
  let session: LiveSession;
  afterEach(() => session?.close());

  /** Tries command lines in a session of its own for each, and hands over what destroyed. */
  async function inSession(
    grant: { classes?: ResourceClass[]; wildcard?: boolean },
    check: (operation: HcpOperation, pristine: StandIn) => Promise<void>,
  ): Promise<void> {
    await fc.assert(
      fc.asyncProperty(commandLines, (template) =>
        withApis(async (api, pristine) => {
          session = await openLiveSession({ hostname: api.address, ...grant });
          try {
            await tryOn(api, template, session.world.env as Record<string, string>);
            for (const sent of api.mutations) {
              const operation = await readAgain(sent, pristine);
              if (isHarmless(operation)) continue;
              tally.destroyed++;
              await check(operation, pristine);
            }
          } finally {
            session.close();
          }
        }),
      ),
      { numRuns: fuzzRuns(4, 100), examples: GRANTED },
    );
    expect(tally.destroyed).toBeGreaterThan(0);
  }

  it(
    "G2: a wildcard lets nothing irreversible and nothing unknown through",
    () =>
      inSession({ wildcard: true }, async (operation, pristine) => {
        const { resourceClass } = operation;
        if (resourceClass === "unknown") throw new Error(`unknown: ${operation.request.path}`);
        expect(RESOURCE_CLASSES[resourceClass].reversibility).not.toBe("irreversible");
        const found = await resolveReversibility(operation, lookUpsAt(pristine));
        expect(found.reversibility, operation.request.path).toBe("reversible");
      }),
    fuzzTimeout(100),
  );

  it(
    "G1: classes by name let only those classes through",
    () =>
      inSession({ classes: ["workspaces", "vars"] }, async ({ resourceClass }) => {
        expect(["workspaces", "vars"]).toContain(resourceClass);
      }),
    fuzzTimeout(100),
  );
});

afterAll(() => {
  process.stderr.write(`gate: ${JSON.stringify(tally)}\n`);
});
