// What a session grants, and what it does not.

import { nameOf } from "../checks.ts";
import { KILLED, REFUSED, remove, type Step, WAITS } from "./step.ts";

export const withoutSession: Step = {
  title: "No session: a delete is refused, and a request waits for a person",
  async play(scene) {
    const workspace = scene.find("workspaces", "scratch");
    await scene.run(remove(workspace), WAITS);
    scene.expectDeleted();
    scene.expectKept(workspace);
    return `Nothing was sent; workspace ${nameOf(workspace)} is still there; request ${scene.request} waits.`;
  },
};

export const insideSession: Step = {
  title: "Inside a session that grants workspaces: the same delete succeeds",
  async play(scene) {
    const workspace = scene.find("workspaces", "scratch");
    await scene.run(`holdfast harness exec --allow-delete=workspaces -- ${remove(workspace)}`, 0);
    scene.expectDeleted(workspace);
    return `One request was sent; workspace ${nameOf(workspace)} is gone.`;
  },
};

export const irreversible: Step = {
  title: "A session that grants all: what cannot be recreated is still refused",
  async play(scene) {
    const project = scene.find("projects", "empty-project");
    await scene.run(`holdfast harness exec --allow-delete=all -- ${remove(project)}`, WAITS);
    scene.expectReason("not-reversible");
    scene.expectDeleted();
    scene.expectKept(project);
    return `Nothing was sent: "all" means all that is reversible, and a project is not.`;
  },
};

export const leakedToken: Step = {
  title: "A session's token leaks: outside the session it grants nothing",
  async play(scene) {
    const workspace = scene.find("workspaces", "tmp-000");
    const leaking = `holdfast harness exec --allow-delete=workspaces -- sh -c 'echo "$HOLDFAST_EXEC_SESSION" >leaked; echo "the token is in the file leaked"; read _'`;
    const session = scene.start(leaking, "open");
    await session.printed("the token is in");
    scene.show(session);
    await scene.run(`HOLDFAST_EXEC_SESSION=$(cat leaked) ${remove(workspace)}`, WAITS);
    // Over ssh or in tmux a caller beside the session is told `detached`.
    scene.expectReason("not-a-descendant", "detached");
    session.pressEnter();
    await scene.finish(session, 0);
    scene.expectDeleted();
    scene.expectKept(workspace);
    return "Nothing was sent, though the session was live: who may delete is a matter of descent.";
  },
};

export const widening: Step = {
  title: "An agent tries to widen its own session, and to say yes itself",
  async play(scene) {
    const project = scene.find("projects", "empty-project");
    const wider = `holdfast harness exec --allow-delete=projects -- ${remove(project)}`;
    const script = `${wider}; read id; echo "it says yes itself: holdfast approve $id"; holdfast approve $id`;
    const session = scene.start(
      `holdfast harness exec --allow-delete=workspaces -- sh -c '${script}'`,
      "open",
    );
    await session.printed("exited with 8");
    scene.show(session);
    session.pressEnter(scene.request);
    await scene.finish(session, REFUSED);
    scene.expectReason("class-not-granted");
    scene.expectSaid("only a person answers");
    scene.expectDeleted();
    scene.expectKept(project);
    return "Nothing was sent: a session inside a session can only grant less, and only a person answers.";
  },
};

export const killedWrapper: Step = {
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
    scene.tell({ command: `kill -KILL ${session.pid}`, continued: false, output: "" });
    session.kill();
    // Its death also ends the child's input, so the child goes on at once.
    const death = await session.exited;
    const refusal = await session.printed("refused, nothing sent");
    await scene.finish(session, KILLED);
    scene.expect(
      scene.shown.at(-1)?.output.includes(`exit code ${WAITS}`) === true,
      "the orphan's delete was not refused",
    );
    scene.expectReason("not-live", "stale");
    scene.expectDeleted(before);
    scene.expectKept(after);
    return `Before, its delete succeeded; ${Math.round(refusal - death.at)} ms after the wrapper's death (the command's own start included) the next was refused, unsent.`;
  },
};
