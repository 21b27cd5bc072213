// Where a session's socket is: it follows from the token, so nobody has to be told.

import { createHash } from "node:crypto";
import { isAbsolute, join } from "node:path";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import { type Environment, MAX_SOCKET_PATH, runtimeDirectory } from "../../system/places.ts";
import { base32 } from "./identity.ts";

/**
 * The socket's path. The token is a secret, so its name is a fingerprint of it.
 * Throws Failure `socket-path` where the directory is relative (it would be another one for whoever
 * runs elsewhere), or the path is longer than kernels take (they would cut it).
 */
export function socketPath(env: Environment, token: string): string {
  const directory = runtimeDirectory(env);
  if (!isAbsolute(directory))
    throw new Failure("socket-path", `HOLDFAST_RUNTIME_DIR is not absolute: ${directory}`, {
      exitCode: EXIT.usage,
      fix: "set HOLDFAST_RUNTIME_DIR to an absolute path, or unset it",
    });
  const name = base32(createHash("sha256").update(`socket:${token}`).digest()).slice(0, 16);
  const path = join(directory, `${name}.sock`);
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH)
    throw new Failure(
      "socket-path",
      `HOLDFAST_RUNTIME_DIR is too long for a socket: ${path} has ${Buffer.byteLength(path)} bytes, ${MAX_SOCKET_PATH} are allowed`,
      { exitCode: EXIT.usage, fix: "set HOLDFAST_RUNTIME_DIR to a shorter directory, or unset it" },
    );
  return path;
}
