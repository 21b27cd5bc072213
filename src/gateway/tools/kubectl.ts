// The tools for a cluster.

import type { GatedTool } from "../tool.ts";
import { kubectlApply, kubectlDelete, kubectlExec, kubectlScale } from "./kubectl-change.ts";
import { kubectlDescribe, kubectlGet, kubectlLogs } from "./kubectl-read.ts";

/** In the order in which they are listed. */
export const KUBECTL_TOOLS = [
  kubectlGet,
  kubectlDescribe,
  kubectlLogs,
  kubectlApply,
  kubectlDelete,
  kubectlScale,
  kubectlExec,
] as unknown as readonly GatedTool[];
