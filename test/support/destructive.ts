// What destroys something, told from the request as it arrived, without any of our own code: a list
// written by hand from the API's documentation.

import type { RecordedRequest } from "../../src/demo/stand-in/recorded-request.ts";

const PATHS: readonly RegExp[] = [
  /^DELETE /,
  /\/actions\/(safe-delete|force-delete|force-unlock|archive|revoke)$/,
  /\/runs\/[^/]+\/actions\/(cancel|discard|force-cancel|force-execute)$/,
  /permanently-delete|soft-delete|force-delete/,
  /^POST \/api\/v2\/(organizations|teams)\/[^/]+\/authentication-token$/,
  /^POST \/api\/v2\/workspaces\/[^/]+\/state-versions$/,
  /^PATCH \/api\/v2\/workspaces\/[^/]+\/state-versions$/,
];

const KNOWN_METHODS = /^(POST|PATCH|PUT)$/;

/** Where attributes destroy when they are set, in any spelling that a server might take. */
const ATTRIBUTES: readonly (readonly [where: RegExp, what: RegExp])[] = [
  [/^POST .*\/runs$/, /^isdestroy$/],
  [
    /^PATCH \/api\/v2\/(organizations\/[^/]+\/)?(workspaces|projects)\/[^/]+$/,
    /^autodestroy(at|activityduration)$/,
  ],
  [/^POST .*\/organizations\/[^/]+\/workspaces$/, /^autodestroy(at|activityduration)$/],
];

/** Why the request destroys; undefined when nothing says that it does. */
export function whyDestructive({ method, path, body }: RecordedRequest): string | undefined {
  const line = `${method} ${decodeURIComponent(path)}`;
  const known = PATHS.find((pattern) => pattern.test(line));
  if (known !== undefined) return `${line} matches ${known}`;
  if (!KNOWN_METHODS.test(method)) return `${method} is no method of the API`;
  const set = attributesSet(body);
  const found = ATTRIBUTES.find(
    ([where, what]) => where.test(line) && set.some((name) => what.test(name)),
  );
  return found === undefined ? undefined : `${line} sets ${found[1]}`;
}

/** The names of members of data.attributes that are set to something. */
function attributesSet(body: string): string[] {
  try {
    const { attributes } = JSON.parse(body).data;
    return Object.entries(attributes as Record<string, unknown>)
      .filter(([, value]) => value !== null && value !== false && value !== "")
      .map(([name]) => name.toLowerCase().replaceAll(/[-_]/g, ""));
  } catch {
    return [];
  }
}
