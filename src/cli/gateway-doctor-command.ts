// `holdfast gateway doctor`.

import { type CheckResult, type Examination, examineGateway } from "../gateway/doctor.ts";
import { EXIT } from "../policy/exit-code.ts";
import { outputOptions } from "./api/output.ts";
import type { CliContext, GlobalOptions } from "./context.ts";
import {
  examinationJson,
  examinationMarkdown,
  examinationSummary,
  groupText,
} from "./gateway-doctor-report.ts";

export interface GatewayDoctorFlags {
  readonly environment?: string;
  readonly policy?: string;
}

/** What it exits with: part of the interface. What could not run is no pass. */
export const GATEWAY_DOCTOR_EXIT = { passed: 0, notPassed: 1 } as const;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs the checks and prints what they found: each group as soon as it is known, unless as data. */
export async function runGatewayDoctor(
  { environment, policy }: GatewayDoctorFlags,
  globals: GlobalOptions,
  context: CliContext,
): Promise<number> {
  const { env, home, cwd, stdout } = context;
  const { columns, color } = outputOptions(globals, context);
  const isText = !globals.json && !globals.markdown;
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const say = (results: readonly CheckResult[]) => {
    if (isText) stdout.write(groupText(results, columns, color));
  };
  try {
    const examination = await examineGateway(
      { environment, policy },
      { env, home, cwd, signal: stop.signal, holdfast: [process.execPath, ourFile()] },
      say,
    );
    if (isText) stdout.write(examinationSummary(examination.results));
    else stdout.write((globals.json ? examinationJson : examinationMarkdown)(examination));
    return exitOf(examination);
  } catch (error) {
    if (stop.signal.aborted) return EXIT.interrupted;
    throw error;
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

/** The file that this process runs. */
const ourFile = (): string => process.argv[1] ?? "";

function exitOf({ results }: Examination): number {
  const isPassed = results.length > 0 && results.every(({ verdict }) => verdict === "passed");
  return isPassed ? GATEWAY_DOCTOR_EXIT.passed : GATEWAY_DOCTOR_EXIT.notPassed;
}
