// Every command: main.ts says when.

import { buildProgram } from "./cli/program.ts";
import { start } from "./cli/start.ts";

void start(buildProgram);
