// Reads that a classification may need, as a port: operations/ itself does no I/O.

/** Reads of the API. */
export interface LookUps {
  /**
   * The parsed JSON document at a path below /api/v2 (`/runs/run-1?include=plan`), or undefined
   * when the API answers 404. Throws on anything else.
   */
  get(path: string): Promise<unknown | undefined>;
}

/** A look-up that answered, but not what it should have. */
export class UnexpectedAnswer extends Error {
  override readonly name = "UnexpectedAnswer";
}
