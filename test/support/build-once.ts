// Tests run the executable as it ships, so it is built from the sources as they are now.

import { execFileSync } from "node:child_process";

export default function setup(): void {
  if (process.env.HOLDFAST_TEST_PREBUILT === "1") return;
  execFileSync(process.execPath, ["build.mjs"], { stdio: "inherit" });
}
