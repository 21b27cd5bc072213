// The table of checks, in the order in which they are shown.

import type { CheckGroup } from "./check.ts";
import { APPROVALS } from "./checks-approvals.ts";
import { AFTERWARDS } from "./checks-audit.ts";
import { HCP } from "./checks-hcp.ts";
import { KUBECTL } from "./checks-kubectl.ts";
import { MACHINE } from "./checks-machine.ts";
import { POLICY } from "./checks-policy.ts";
import { PROTOCOL } from "./checks-protocol.ts";
import { SECRETS } from "./checks-secrets.ts";
import { SESSION } from "./checks-session.ts";
import { SHELL } from "./checks-shell.ts";
import { START } from "./checks-start.ts";
import { SURFACE } from "./checks-surface.ts";
import { TERRAFORM } from "./checks-terraform.ts";

/** Run beside each other: none touches what another one looks at. */
export const GROUPS: readonly CheckGroup[] = [
  ...[MACHINE, POLICY, SURFACE, TERRAFORM, KUBECTL, HCP, SHELL, APPROVALS, SECRETS],
  ...[SESSION, START, PROTOCOL],
];

/** Run when those are done: they look at what all of it left. */
export const LAST: readonly CheckGroup[] = [AFTERWARDS];
