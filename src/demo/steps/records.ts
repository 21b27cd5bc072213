// What is left to read afterwards.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Scene } from "../scene.ts";
import { remove, type Step, WAITS } from "./step.ts";

const RECEIPT = "receipt.json";

/** A path as people type it. */
const typed = (path: string) => path.replace("/api/v2", "");

const readReceipt = ({ directory }: Scene) =>
  JSON.parse(readFileSync(join(directory, RECEIPT), "utf8"));

export const gate: Step = {
  title: "Any other command can go through the same gate",
  about: "An agent runs holdfast gate -- rm notes.txt, and a request waits.",
  async play(scene) {
    // Refused there, and recorded with what the agent was started with: not in the demo's directory.
    if (scene.isUnderAgent)
      return { skipped: "an agent's commands use its own stores, and the demo's are others" };
    const notes = join(scene.directory, "notes.txt");
    writeFileSync(notes, "written by a person\n");
    await scene.run("holdfast gate -- rm notes.txt", WAITS);
    scene.expect(existsSync(notes), "notes.txt is gone");
    scene.expectDeleted();
    return `Nothing was run; notes.txt is still there; request ${scene.request} waits.`;
  },
};

export const receipt: Step = {
  title: "The receipt: what a session deleted, and what it was refused",
  async play(scene) {
    const [within, beyond] = [
      scene.find("workspaces", "tmp-001"),
      scene.find("workspaces", "tmp-002"),
    ];
    const project = scene.find("projects", "empty-project");
    const script = [within, beyond, project].map(remove).join("; ");
    await scene.run(
      `holdfast harness exec --allow-delete=workspaces --max-deletes=1 --receipt=${RECEIPT} -- sh -c '${script}'`,
      WAITS,
    );
    scene.expectReason("budget-spent");
    scene.expectDeleted(within);
    scene.expectKept(beyond);
    scene.expectKept(project);
    const { counts } = readReceipt(scene);
    const told = { deleted: 1, failed: 0, unknown: 0, refused: 2 };
    for (const [result, count] of Object.entries(told))
      scene.expect(
        counts?.[result] === count,
        `the receipt counts ${counts?.[result]} as ${result}`,
      );
    return "The receipt agrees with what the API was sent: 1 deleted, 2 refused.";
  },
};

export const record: Step = {
  title: "What is kept: the receipt for a pull request, and a log that can be verified",
  async play(scene) {
    const { id, entries } = readReceipt(scene);
    // They only read, so they need not wait for each other.
    const shown = scene.start(`holdfast session show ${id} --markdown`);
    const verified = scene.start("holdfast audit verify");
    const exported = scene.read("holdfast audit export");
    await scene.finish(shown, 0);
    for (const { method, path } of entries) scene.expectSaid(`${method} ${typed(path)}`);
    await scene.finish(verified, 0);
    scene.expectSaid("is whole");
    const log = await exported;
    const { deletedPaths } = scene;
    for (const path of deletedPaths)
      scene.expect(log.includes(`DELETE ${typed(path)}`), `the log lacks ${path}`);
    scene.expectDeleted();
    return `The log has every delete that reached the API in this demo: ${deletedPaths.length}. It all goes with the demo's directory.`;
  },
};
