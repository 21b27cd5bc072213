// What can go wrong with one HTTP exchange, told so that a caller can decide whether to send again.

/**
 * - `invalid-proxy`, `invalid-request`, `insecure`: refused before anything was opened.
 * - `dns`, `connect`, `tls`, `proxy`: no connection to the server came about.
 * - `reset`, `protocol`, `too-large`: the connection stood, the answer did not arrive whole.
 * - `timeout`, `aborted`: we gave up; `arrived` says how far it had come.
 */
export type HttpErrorCode =
  | "invalid-proxy"
  | "invalid-request"
  | "insecure"
  | "dns"
  | "connect"
  | "tls"
  | "proxy"
  | "reset"
  | "protocol"
  | "too-large"
  | "timeout"
  | "aborted";

/** The one error that the http files of this directory throw. Its message never holds a secret. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly code: HttpErrorCode;
  /** `no`: not one byte of the request was written. `maybe`: the server may have acted on it. */
  readonly arrived: "no" | "maybe";
  /** Whether the same request may well succeed a moment later. */
  readonly transient: boolean;

  constructor(
    code: HttpErrorCode,
    message: string,
    options: {
      readonly arrived: "no" | "maybe";
      readonly transient?: boolean;
      readonly cause?: unknown;
    },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.arrived = options.arrived;
    this.transient = options.transient ?? false;
  }
}

/** `ECONNREFUSED` and the like of anything that was thrown; undefined where there is none. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}

/** One short clause about a low-level error: its code, else its message's first line. */
export function because(error: unknown): string {
  const code = systemCode(error);
  if (code !== undefined) return code;
  return error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
}
