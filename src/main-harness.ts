// `holdfast harness exec` alone: main.ts says why.

import { start } from "./cli/start.ts";
import { harnessCommand } from "./cli/tree/harness.ts";
import { rootCommand } from "./cli/tree/wiring.ts";

void start((context, onExit) => rootCommand(context).addCommand(harnessCommand(context, onExit)));
