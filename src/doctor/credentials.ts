// Which token would be used, where others lie, and who else can read them. Never a token itself.

import { resolveAddress } from "../hcp/address.ts";
import { type CredentialPlace, describeCredentials, requireToken } from "../hcp/credentials.ts";
import { commandLine } from "../policy/command-line.ts";
import { type Check, type Finding, note, ok } from "./check.ts";
import { withAddress } from "./network.ts";
import type { DoctorWorld } from "./world.ts";

function placesOf({ env, home }: DoctorWorld): Promise<CredentialPlace[]> {
  return describeCredentials(resolveAddress(env).hostname, env, home);
}

/** @throws Failure when there is no token, or the first place that counts cannot be used */
async function credentials(world: DoctorWorld): Promise<Finding> {
  const { hostname } = resolveAddress(world.env);
  const { source } = await requireToken(hostname, world.env, world.home);
  const places = await placesOf(world);
  const others = places.filter(({ found, place }) => found && place !== source);
  const broken = places.filter(({ problem }) => problem !== undefined);
  const text = [
    `in ${source}, for ${hostname}`,
    ...others.map(({ place }) => `also in ${place}, not used`),
    ...broken.map(({ problem }) => `unusable, and not needed: ${problem}`),
  ].join("; ");
  return broken.length > 0 ? note(text, "correct or remove the file that is unusable") : ok(text);
}

async function files(world: DoctorWorld): Promise<Finding> {
  if (world.platform === "win32") return ok("modes say nothing on Windows");
  const holding = (await placesOf(world)).filter(({ found, mode }) => found && mode !== undefined);
  const open = holding.filter(({ mode = 0 }) => (mode & 0o177) !== 0);
  if (open.length === 0)
    return ok(holding.length === 0 ? "no file holds a token" : "only you can read the token");
  const named = open.map(
    ({ place, mode = 0 }) => `${place} (mode ${mode.toString(8).padStart(4, "0")})`,
  );
  const fix = commandLine(["chmod", "600", ...open.map(({ place }) => place)]);
  return note(`wider than mode 0600: ${named.join(", ")}`, fix);
}

/** The checks. */
export const CREDENTIALS: readonly Check[] = [
  { id: "credentials", title: "credentials", run: withAddress(credentials) },
  { id: "credential-files", title: "credential files", run: withAddress(files) },
];
