// `holdfast api` alone: main.ts says why.

import { start } from "./cli/start.ts";
import { apiCommand } from "./cli/tree/api.ts";
import { rootCommand } from "./cli/tree/wiring.ts";

void start((context, onExit) => rootCommand(context).addCommand(apiCommand(context, onExit)));
