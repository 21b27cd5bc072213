// What a person says yes to. They answer themselves, by the real `holdfast approve`, or the step is
// told and skipped.

import { nameOf } from "../checks.ts";
import type { Scene } from "../scene.ts";
import { remove, type Skipped, type Step, WAITS } from "./step.ts";

/** Why the person cannot be asked; undefined: they can. */
function absence(scene: Scene): Skipped | undefined {
  if (scene.person === "here") return undefined;
  const why =
    scene.person === "left"
      ? "nobody answered the question before"
      : "only a person at a terminal can answer; run holdfast demo at your own";
  return { skipped: why };
}

const NOBODY: Skipped = { skipped: "holdfast approve finds no person here" };

/** What it means that there was no yes. */
function withoutYes(scene: Scene, id: string): string {
  const why = scene.person === "left" ? "Nobody answered in time" : "There was no yes";
  return `${why}, so nothing was sent. Request ${id} still waits; a no for good would be: holdfast deny ${id}`;
}

export const once: Step = {
  title: "A person allows it once: the same command goes through, and not twice",
  about:
    "The agent is refused; you run holdfast approve ID; the agent runs the same command again.",
  async play(scene) {
    const absent = absence(scene);
    if (absent !== undefined) return absent;
    const workspace = scene.find("workspaces", "tmp-003");
    await scene.run(remove(workspace), WAITS);
    const { request } = scene;
    const answer = await scene.ask(`holdfast approve ${request}`);
    if (answer === "yes") {
      await scene.run(remove(workspace), 0);
      await scene.run(remove(workspace), WAITS);
    } else await scene.run(remove(workspace), WAITS);
    if (answer !== "yes") scene.expect(scene.request === request, "another request was filed");
    scene.expectDeleted(...(answer === "yes" ? [workspace] : []));
    if (answer === "nobody") return NOBODY;
    if (answer === "no") return withoutYes(scene, request);
    return `One request was sent; workspace ${nameOf(workspace)} is gone, and the yes is used up.`;
  },
};

export const forTheSession: Step = {
  title: "A person widens a running session: its agent goes on",
  about: "The agent waits in its session; you run holdfast approve ID --session; it tries again.",
  async play(scene) {
    const absent = absence(scene);
    if (absent !== undefined) return absent;
    const workspace = scene.find("workspaces", "tmp-004");
    const script = `${remove(workspace)}; read _; ${remove(workspace)}`;
    const session = scene.start(
      `holdfast harness exec --allow-delete=vars -- sh -c '${script}'`,
      "open",
      "waits",
    );
    await session.printed("run the same command again.");
    scene.show(session);
    const { request } = scene;
    const answer = await scene.ask(`holdfast approve ${request} --session`);
    session.pressEnter();
    await scene.finish(session, answer === "yes" ? 0 : WAITS);
    scene.expectDeleted(...(answer === "yes" ? [workspace] : []));
    if (answer === "nobody") return NOBODY;
    if (answer === "no") return withoutYes(scene, request);
    scene.expectSaid(`widened  workspaces`, `for request ${request}`);
    return `One request was sent, in the session that was refused before; its receipt says who widened it.`;
  },
};
