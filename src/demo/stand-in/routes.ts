// Every route of the stand-in: one table for each area.

import { BACKING_DATA_ROUTES } from "./backing-data-routes.ts";
import { ORGANIZATION_ROUTES } from "./organization-routes.ts";
import { POLICY_ROUTES } from "./policy-routes.ts";
import { PROJECT_ROUTES } from "./project-routes.ts";
import type { Route } from "./router.ts";
import { RUN_ROUTES } from "./run-routes.ts";
import { SETTINGS_ROUTES } from "./settings-routes.ts";
import { STATE_ROUTES } from "./state-routes.ts";
import { TAG_ROUTES } from "./tag-routes.ts";
import { TEAM_ROUTES } from "./team-routes.ts";
import { TOKEN_ROUTES } from "./token-routes.ts";
import { VAR_ROUTES } from "./var-routes.ts";
import { VARSET_ROUTES } from "./varset-routes.ts";
import { WORKSPACE_DETAIL_ROUTES } from "./workspace-detail-routes.ts";
import { WORKSPACE_ROUTES } from "./workspace-routes.ts";

export const ROUTES: readonly Route[] = [
  ...ORGANIZATION_ROUTES,
  ...PROJECT_ROUTES,
  ...WORKSPACE_ROUTES,
  ...WORKSPACE_DETAIL_ROUTES,
  ...TAG_ROUTES,
  ...VAR_ROUTES,
  ...VARSET_ROUTES,
  ...RUN_ROUTES,
  ...BACKING_DATA_ROUTES,
  ...STATE_ROUTES,
  ...TEAM_ROUTES,
  ...TOKEN_ROUTES,
  ...POLICY_ROUTES,
  ...SETTINGS_ROUTES,
];
