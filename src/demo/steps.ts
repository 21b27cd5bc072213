// What the demo shows, in its order. Each step runs real commands, checks what became of it, and
// says in one line what that was.

import { forTheSession, once } from "./steps/answers.ts";
import { gate, receipt, record } from "./steps/records.ts";
import {
  insideSession,
  irreversible,
  killedWrapper,
  leakedToken,
  widening,
  withoutSession,
} from "./steps/sessions.ts";
import type { Step } from "./steps/step.ts";

/** The steps, in their order. Some need what an earlier one left. */
export const STEPS: readonly Step[] = [
  withoutSession,
  insideSession,
  irreversible,
  leakedToken,
  widening,
  once,
  forTheSession,
  killedWrapper,
  gate,
  receipt,
  record,
];
