// Who may speak to a gateway that listens: whoever has the token that this one made.
//
// T1 Random, for this gateway alone; compared without telling by the time taken how much of it was
//    right. It lies in a file that only this user can read, and ends with the gateway.

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { createPrivateFile, ensurePrivateDirectory, UnsafeFile } from "../system/safe-file.ts";

export interface Bearer {
  /** Where it lies. */
  readonly file: string;
  /** Whether an `Authorization` header brings it. */
  readonly isBrought: (header: string | undefined) => boolean;
  /** Takes the file away. */
  readonly forget: () => void;
}

/** Makes one for a port. @throws Failure where it cannot be kept privately */
export function makeBearer(configDirectory: string, port: number): Bearer {
  const token = randomBytes(32).toString("base64url");
  const directory = join(configDirectory, "gateway");
  const file = join(directory, `${port}.token`);
  try {
    ensurePrivateDirectory(configDirectory);
    ensurePrivateDirectory(directory);
    // The port is ours, so what lies there is left over from a gateway that was killed.
    rmSync(file, { force: true });
    createPrivateFile(file, `${token}\n`);
  } catch (error) {
    if (!(error instanceof UnsafeFile)) throw error;
    throw new Failure("gateway-token", `the gateway's token cannot be kept: ${error.message}`, {
      exitCode: EXIT.usage,
      ...(error.fix === undefined ? {} : { fix: error.fix }),
    });
  }
  const expected = digestOf(token);
  return {
    file,
    isBrought: (header) => {
      const brought = /^Bearer ([\w-]{1,256})$/i.exec(header ?? "")?.[1] ?? "";
      return timingSafeEqual(digestOf(brought), expected);
    },
    forget: () => rmSync(file, { force: true }),
  };
}

/** Of one length, whatever was brought (T1). */
const digestOf = (token: string): Buffer => createHash("sha256").update(token).digest();
