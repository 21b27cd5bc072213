/** Something that serves: over one transport or another. */
export interface Serving {
  /** Resolved when it is over: the client has gone, or it was closed. */
  readonly over: Promise<void>;
  /** Takes nothing new any more. */
  readonly close: () => void;
}
