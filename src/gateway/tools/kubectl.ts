// The tools for a cluster.

import type { GatedTool } from "../tool.ts";

/** kubectl_get, kubectl_describe, kubectl_logs, kubectl_apply, kubectl_delete, kubectl_scale, kubectl_exec. */
export const KUBECTL_TOOLS: readonly GatedTool[] = [];
