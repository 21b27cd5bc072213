// The files of variables that terraform reads by itself.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { smallText } from "./small-file.ts";

const AUTO_LOADED = /^(?:terraform\.tfvars(?:\.json)?|.*\.auto\.tfvars(?:\.json)?)$/;

/** The file in `directory` that sets the variable, or may; undefined: none does. */
export function overridingFile(name: string, directory: string): string | undefined {
  const files = readdirSync(directory).filter((each) => AUTO_LOADED.test(each));
  const setting = new RegExp(`(?:^|[\\s{,;])"?${name}"?\\s*[=:]`, "mu");
  return files
    .map((each) => join(directory, each))
    .find((each) => setting.test(smallText(each) ?? `${name}=`));
}
