// Which workspace is selected in a directory: what every later step is told, and held to.

import { join } from "node:path";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import { isWorkspaceName } from "./names.ts";
import { smallText } from "./small-file.ts";

/** What `terraform workspace select` wrote there; `default` where it never ran. @throws Failure */
export function selectedWorkspace(directory: string): string {
  const file = join(directory, ".terraform", "environment");
  const name = smallText(file)?.trim() ?? "";
  if (name === "") return "default";
  if (isWorkspaceName(name)) return name;
  throw new Failure("bad-workspace", `${file} does not hold the name of a workspace`, {
    exitCode: EXIT.usage,
    fix: "terraform workspace select NAME, in that directory",
  });
}
