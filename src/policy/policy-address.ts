// Which addresses policy may name. Each check says what the address must be instead; undefined: fine.

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** In characters: an address is kept with each notice. */
const LONGEST_URL = 1000;

function parsed(text: string): URL | undefined {
  return !/\s/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
}

/** For a webhook: https, or http on loopback; no user name, password or fragment. */
export function webhookProblem(text: string): string | undefined {
  const url = parsed(text);
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:"))
    return "an https:// URL";
  if (text.length > LONGEST_URL) return `a URL of at most ${LONGEST_URL} characters`;
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname))
    return "an https:// URL: http:// is for loopback only";
  if (url.username !== "" || url.password !== "")
    return "a URL without a user name or password: requests are signed with the key of secret_file";
  return url.hash === "" ? undefined : "a URL without a fragment (#)";
}

/** For a database: `postgres://USER@HOST[:PORT]/DATABASE`, the password optional. */
export function databaseProblem(text: string): string | undefined {
  const url = parsed(text);
  const shape = "a URL like postgres://agent@db.example.com/holdfast";
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === "")
    return shape;
  if (url.username === "" || !/^\/[^/]+$/.test(url.pathname)) return shape;
  return url.hash === "" ? undefined : `${shape}, without a fragment (#)`;
}

/** The URL of a database without its password: for people, and for what must not depend on it. */
export function withoutPassword(text: string): string {
  const url = new URL(text);
  url.password = "";
  return url.href;
}

/** Whether the URL of a database holds its password. */
export function holdsPassword(text: string): boolean {
  return new URL(text).password !== "";
}

/** For a file: an absolute path on one line. */
export function pathProblem(text: string): string | undefined {
  return /^\/[^\0\n\r]+$/.test(text) ? undefined : "an absolute path";
}

/** For a directory below which something may be: an absolute path that is what it seems to be. */
export function rootProblem(text: string): string | undefined {
  return (
    pathProblem(text) ??
    (/\/(\.\.?)?(\/|$)/.test(text.slice(1)) || text.startsWith("//")
      ? "an absolute path without . and .., and without a slash at its end"
      : undefined)
  );
}
