// Projects and stacks.

import type { RouteRow } from "../route.ts";

export const PROJECTS: readonly RouteRow[] = [
  [
    "POST",
    "/organizations/{organization_name}/projects",
    "createProject",
    {
      class: "scheduled-destructions",
      rule: "scheduledDestruction",
      title: "Schedule destruction",
    },
  ],
  ["POST", "/organizations/{organization_name}/stacks", "createStack"],
  [
    "PATCH",
    "/projects/{project_id}",
    "updateProject",
    {
      class: "scheduled-destructions",
      rule: "scheduledDestruction",
      also: [
        { class: "destroy-runs", rule: "appliesUnasked", title: "Let runs apply without asking" },
      ],
      links: { "tag-bindings": ["project-tags", "/projects/{project_id}/tag-bindings"] },
      title: "Schedule destruction in project",
    },
  ],
  ["DELETE", "/projects/{project_id}", "deleteProject", { class: "projects" }],
  ["POST", "/projects/{project_id}/relationships/tag-bindings", "addProjectTagBindings"],
  [
    "PATCH",
    "/projects/{project_id}/relationships/tag-bindings",
    "replaceProjectTagBindings",
    {
      class: "project-tags",
      replaces: "/projects/{project_id}/relationships/tag-bindings",
      title: "Replace tags of project",
    },
  ],
  [
    "DELETE",
    "/projects/{project_id}/relationships/tag-bindings",
    "removeProjectTagBindingLinks",
    { class: "project-tags", bulk: true, title: "Remove project tag bindings" },
  ],
  [
    "POST",
    "/projects/{project_id}/relationships/workspaces",
    "moveWorkspacesIntoProject",
    {
      class: "scheduled-destructions",
      rule: "movesWorkspaces",
      bulk: true,
      title: "Move workspaces under automatic destruction",
    },
  ],
  ["PATCH", "/projects/{project_id}/tag-bindings", "updateProjectTagBindings"],
  [
    "DELETE",
    "/projects/{project_id}/tag-bindings",
    "removeProjectTagBindings",
    { class: "project-tags", bulk: true },
  ],
  ["POST", "/stacks", "createStackInProject"],
  ["PATCH", "/stacks/{stack_id}", "updateStack"],
  ["DELETE", "/stacks/{stack_id}", "deleteStack", { class: "stacks" }],
  [
    "POST",
    "/stacks/{stack_id}/delete",
    "deleteStackByAction",
    { class: "stacks", title: "Delete stack" },
  ],
  [
    "POST",
    "/stacks/{stack_id}/force-delete",
    "forceDeleteStack",
    { class: "stacks", title: "Delete stack with its deployments" },
  ],
];
