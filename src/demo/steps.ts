// What the demo shows, in its order. Each step runs real commands, checks what became of it, and
// says in one line what that was.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nameOf, type Scene } from "./scene.ts";
import type { Resource } from "./stand-in/resource.ts";

export interface Step {
  readonly title: string;
  /** Plays it. Returns what it showed, if it went as told. @throws Error when it cannot go on */
  readonly play: (scene: Scene, directory: string) => Promise<string>;
}

const REFUSED = 7;
const KILLED = 137;

const remove = ({ type, id }: Resource) => `holdfast api /${type}/${id} -X DELETE`;

const withoutSession: Step = {
  title: "No session: a delete is refused",
  async play(scene) {
    const workspace = scene.find("workspaces", "scratch");
    await scene.run(remove(workspace), REFUSED);
    scene.expectDeleted();
    scene.expectKept(workspace);
    return `Nothing was sent; workspace ${nameOf(workspace)} is still there.`;
  },
};

const insideSession: Step = {
  title: "Inside a session that grants workspaces: the same delete succeeds",
  async play(scene) {
    const workspace = scene.find("workspaces", "scratch");
    await scene.run(`holdfast harness exec --allow-delete=workspaces -- ${remove(workspace)}`, 0);
    scene.expectDeleted(workspace);
    return `One request was sent; workspace ${nameOf(workspace)} is gone.`;
  },
};

const irreversible: Step = {
  title: "A session that grants all: what cannot be recreated is still refused",
  async play(scene) {
    const project = scene.find("projects", "empty-project");
    await scene.run(`holdfast harness exec --allow-delete=all -- ${remove(project)}`, REFUSED);
    scene.expectReason("not-reversible");
    scene.expectDeleted();
    scene.expectKept(project);
    return `Nothing was sent: "all" means all that is reversible, and a project is not.`;
  },
};

const leakedToken: Step = {
  title: "A session's token leaks: outside the session it grants nothing",
  async play(scene) {
    const workspace = scene.find("workspaces", "tmp-000");
    const leaking = `holdfast harness exec --allow-delete=workspaces -- sh -c 'echo "$HOLDFAST_EXEC_SESSION" >leaked; echo "the token is in the file leaked"; read _'`;
    const session = scene.start(leaking, "open");
    await session.printed("the token is in");
    scene.show(session);
    await scene.run(`HOLDFAST_EXEC_SESSION=$(cat leaked) ${remove(workspace)}`, REFUSED);
    // Over ssh or in tmux a caller beside the session is told `detached`.
    scene.expectReason("not-a-descendant", "detached");
    session.pressEnter();
    await scene.finish(session, 0);
    scene.expectDeleted();
    scene.expectKept(workspace);
    return "Nothing was sent, though the session was live: who may delete is a matter of descent.";
  },
};

const widening: Step = {
  title: "An agent tries to widen its own session",
  async play(scene) {
    const project = scene.find("projects", "empty-project");
    const wider = `holdfast harness exec --allow-delete=projects -- ${remove(project)}`;
    await scene.run(`holdfast harness exec --allow-delete=workspaces -- ${wider}`, REFUSED);
    scene.expectReason("class-not-granted");
    scene.expectDeleted();
    scene.expectKept(project);
    return "Nothing was sent: a session inside a session can only grant less.";
  },
};

const killedWrapper: Step = {
  title: "The wrapper is killed with SIGKILL, its child lives on: the grant is gone at once",
  async play(scene) {
    const [before, after] = [
      scene.find("workspaces", "tmp-000"),
      scene.find("workspaces", "tmp-001"),
    ];
    const script = `${remove(before)}; echo "waiting"; read _; ${remove(after)}; echo "that was exit code $?"`;
    const wrapped = `holdfast harness exec --allow-delete=workspaces -- sh -c '${script}'`;
    const session = scene.start(wrapped, "open");
    await session.printed("waiting");
    scene.show(session);
    scene.shown.push({ command: `kill -KILL ${session.pid}`, continued: false, output: "" });
    session.kill();
    // Its death also ends the child's input, so the child goes on at once.
    const death = await session.exited;
    const refusal = await session.printed("refused, nothing sent");
    await scene.finish(session, KILLED);
    scene.expect(
      scene.shown.at(-1)?.output.includes(`exit code ${REFUSED}`) === true,
      "the orphan's delete was not refused",
    );
    scene.expectReason("not-live", "stale");
    scene.expectDeleted(before);
    scene.expectKept(after);
    return `Before, its delete succeeded; ${Math.round(refusal - death.at)} ms after the wrapper's death (the command's own start included) the next was refused, unsent.`;
  },
};

const receipt: Step = {
  title: "The receipt: what a session deleted, and what it was refused",
  async play(scene, directory) {
    const [within, beyond] = [
      scene.find("workspaces", "tmp-001"),
      scene.find("workspaces", "tmp-002"),
    ];
    const project = scene.find("projects", "empty-project");
    const script = [within, beyond, project].map(remove).join("; ");
    await scene.run(
      `holdfast harness exec --allow-delete=workspaces --max-deletes=1 --receipt=receipt.json -- sh -c '${script}'`,
      REFUSED,
    );
    scene.expectReason("budget-spent");
    scene.expectDeleted(within);
    scene.expectKept(beyond);
    scene.expectKept(project);
    const { counts } = JSON.parse(readFileSync(join(directory, "receipt.json"), "utf8"));
    const told = { deleted: 1, failed: 0, unknown: 0, refused: 2 };
    for (const [result, count] of Object.entries(told))
      scene.expect(
        counts?.[result] === count,
        `the receipt counts ${counts?.[result]} as ${result}`,
      );
    return "The receipt agrees with what the API was sent: 1 deleted, 2 refused (also in receipt.json).";
  },
};

/** The steps, in their order. Some need what an earlier one left. */
export const STEPS: readonly Step[] = [
  withoutSession,
  insideSession,
  irreversible,
  leakedToken,
  widening,
  killedWrapper,
  receipt,
];
