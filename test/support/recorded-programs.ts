// Programs that are not run: what the gateway would have started is written down, and answered with the
// worst that it could print.

import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import type { ProgramEnding, ProgramRun } from "../../src/gate/executors/program.ts";

/** One that was asked for. */
export interface Asked {
  readonly program: string;
  readonly args: readonly string[];
  /** What the plan does that it makes, shows or applies. */
  readonly plan?: PlanName;
}

const resource = (actions: readonly string[], type: string) => ({
  address: `${type}.a`,
  mode: "managed",
  type,
  name: "a",
  provider_name: "terraform.io/builtin/terraform",
  change: {
    actions,
    before: actions.includes("create") ? null : { input: "x" },
    after: actions.includes("delete") ? null : { input: "y" },
    after_unknown: {},
    before_sensitive: {},
    after_sensitive: {},
  },
});

const PLANS = {
  nothing: [],
  creates: [resource(["create"], "terraform_data")],
  destroys: [resource(["delete"], "aws_db_instance")],
  unknown: [resource(["update"], "acme_thing")],
} as const;

export type PlanName = keyof typeof PLANS;

const planNames = Object.keys(PLANS) as PlanName[];

const document = (name: PlanName): string =>
  JSON.stringify({
    format_version: "1.2",
    terraform_version: "1.11.0",
    variables: {},
    resource_changes: PLANS[name],
    configuration: { root_module: {} },
  });

const ending = (stdout: string, exitCode = 0): ProgramEnding => ({
  ...{ exitCode, stdout, stderr: "", isCut: false },
});

/** What a plan file begins with: an archive's first bytes. */
const ARCHIVE = "PK\x03\x04";

const planIn = (file: string): PlanName =>
  readFileSync(file, "utf8").slice(ARCHIVE.length) as PlanName;

export interface RecordedPrograms {
  readonly asked: Asked[];
  /** What other programs print; whatever they are, they print this too. */
  leaks: string;
  run(run: ProgramRun): Promise<ProgramEnding>;
}

/** Makes them. */
export function recordPrograms(): RecordedPrograms {
  let count = 0;
  const programs: RecordedPrograms = {
    asked: [],
    leaks: "",
    run: async ({ executable, args, into, env }) => {
      const program = basename(executable);
      const word = args.find((each) => !each.startsWith("-")) ?? "";
      const turn = count++;
      const file = args
        .map((each) => each.replace(/^-out=/, ""))
        .findLast((each) => each.startsWith("/"));
      const made = planNames[turn % planNames.length] ?? "nothing";
      if (program === "terraform" && word === "plan" && file !== undefined)
        writeFileSync(file, ARCHIVE + made);
      const isKept = program === "terraform" && (word === "show" || word === "apply");
      const plan = isKept ? planIn(file ?? "") : undefined;
      programs.asked.push({ program, args, ...(plan === undefined ? {} : { plan }) });
      if (program === "terraform" && word === "workspace")
        return ending(`  default\n* ${env.TF_WORKSPACE}\n`);
      if (plan !== undefined && word === "show") return ending(document(plan));
      if (into !== undefined) writeFileSync(into as number, `Apply complete! ${programs.leaks}\n`);
      if (args.includes("api-resources"))
        return ending("widgets  wd  acme.example/v1  true  Widget\n");
      const long = turn % 7 === 0 ? "line of output\n".repeat(4000) : "";
      return {
        ...ending(`${programs.leaks}\n${long}`, turn % 5 === 0 ? 1 : 0),
        stderr: `stderr ${programs.leaks}`,
      };
    },
  };
  return programs;
}
