// What an agent is told of holdfast, in the format that most agents read: a SKILL.md.

import { MADE_BY, sealed } from "./own-file.ts";

const TEXT = `---
name: holdfast
description: Use when a command, a terraform or kubectl call, or a tool of the holdfast MCP server was refused, denied, or waits for approval; and before deleting or destroying infrastructure.
---
<!-- ${MADE_BY}; holdfast harness uninstall removes it -->

# holdfast

A person has put holdfast between you and what cannot be undone. It decides; you do not.

## Use its tools

- For terraform, kubectl, HCP Terraform and destructive commands, use the tools of the MCP server
  \`holdfast\` instead of a shell. Plan first; apply exactly the plan that was shown.
- Most of what only reads goes through without a question: \`ls\`, \`cat\`, \`grep\`, and a plan. Ask for
  one thing at a time, in plain words: what needs a shell (variables, patterns, redirections) is asked
  about.

## When something is refused

1. Read the refusal: what was refused, \`why\`, and a code in brackets.
2. Stop. Do not try another command, tool, flag, script or account for the same end.
3. Show the person the refusal as it stands, with the command in it that they could type
   (\`holdfast approve ID\`). Say in your own words why you want it.
4. With a request's id: wait. Once they have approved it, make exactly the same call again; anything
   that differs is another request. An approval is good for one run.
5. \`denied\` is final until the person reopens it. \`outcome-unknown\` means that it may have happened:
   never try it again; ask the person to look.

You cannot approve, grant, or change policy, and must not run \`holdfast approve\`, \`holdfast allowlist
add\` or \`holdfast harness uninstall\`, or edit holdfast's files or your own hooks. If holdfast itself
seems broken, tell the person what it printed: \`holdfast doctor\` finds out.
`;

/** The skill. */
export const skillText = (): string => sealed(TEXT);
