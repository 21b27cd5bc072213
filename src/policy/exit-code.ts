// Exit codes are part of the interface: scripts branch on them. Each is declared here once.

/** What `holdfast` exits with. `harness exec` passes its child's own code on instead. */
export const EXIT = {
  ok: 0,
  usage: 1,
  notFound: 2,
  authentication: 3,
  network: 4,
  apiFailing: 5,
  resourceInError: 6,
  refused: 7,
  waiting: 8,
  ownFailure: 125,
  cannotExecute: 126,
  commandNotFound: 127,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** One line for each code, in the order in which the documentation lists them. */
export const EXIT_MEANING: readonly (readonly [code: ExitCode, meaning: string])[] = [
  [EXIT.ok, "done; in a dry run: allowed, or would be asked"],
  [EXIT.usage, "wrong usage: nothing was sent; doctor: there is a problem"],
  [EXIT.notFound, "not found, or not authorised to see it"],
  [EXIT.authentication, "no credentials, or the API did not accept them"],
  [EXIT.network, "the API could not be reached"],
  [EXIT.apiFailing, "the API keeps failing (429 or 5xx)"],
  [EXIT.resourceInError, "the API refused: the resource is in a state that does not allow it"],
  [EXIT.refused, "refused by the gate, or declined at the prompt"],
  [EXIT.waiting, "refused, and a request waits for a person: holdfast approve"],
  [EXIT.ownFailure, "harness exec, gate: holdfast itself failed"],
  [EXIT.cannotExecute, "harness exec, gate: the command was found but cannot be executed"],
  [EXIT.commandNotFound, "harness exec, gate: the command was not found"],
  [EXIT.interrupted, "interrupted with Ctrl-C"],
];
