// Tells people of requests, apart from whoever files them: a process of its own, so that no gate ever
// waits for a receiver. When it is killed, the next one goes on: another filing starts one, and
// `approval watch` is one.

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Policy } from "../policy/policy.ts";
import { configDirectory, type Environment } from "../system/places.ts";
import type { Outbox } from "./courier/run.ts";

/** Who hears of a new request, and how many milliseconds later if it is still pending then. */
export function noticesOf(
  policy: Policy,
): { readonly recipient: string; readonly afterMs: number }[] {
  return policy.approvals.webhooks.map(({ url, afterMs }) => ({ recipient: url, afterMs }));
}

/**
 * What a courier is given of the environment: where files and proxies are. No token, and nothing of the
 * session that it was started in: it belongs to none.
 */
const PASSED =
  /^(PATH|HOME|USER|LOGNAME|LANG|LC_ALL|TZ|TMPDIR|XDG_CONFIG_HOME|HOLDFAST_(CONFIG|RUNTIME)_DIR|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|(HTTPS?|ALL|NO)_PROXY|(https?|all|no)_proxy)$/;

/** The executable that this process runs, where it is one of ours. */
function executable(): string | undefined {
  const file = typeof __dirname === "string" ? join(__dirname, "holdfast.cjs") : "";
  return existsSync(file) ? file : undefined;
}

/**
 * Starts a courier that goes on when this process has ended, and returns at once. Never throws: what is
 * not delivered waits in the store.
 *
 * @param file the executable
 */
export function startCourier(env: Environment, file = executable()): void {
  if (file === undefined) return;
  const passed = Object.entries(env).filter(([name]) => PASSED.test(name));
  void import("node:child_process").then(({ spawn }) => {
    const child = spawn(process.execPath, [file, "approval", "courier"], {
      detached: true,
      stdio: "ignore",
      cwd: "/",
      env: Object.fromEntries(passed),
    });
    child.on("error", () => {});
    child.unref();
  });
}

export interface CourierPlace {
  readonly env: Environment;
  readonly home: string;
  readonly signal: AbortSignal;
}

/**
 * Delivers from a store that is open, until nothing is left or the signal says so.
 *
 * @throws Failure of the policy or the store
 */
export async function courierIn(store: Outbox, { env, home, signal }: CourierPlace): Promise<void> {
  const { readPolicy } = await import("./policy-source.ts");
  const policy = await readPolicy({ configDirectory: configDirectory(env, home) });
  if (policy.approvals.webhooks.length === 0) return;
  const { runCourier } = await import("./courier/run.ts");
  await runCourier(store, policy, { signal, env });
}

/**
 * The courier's whole life, for `holdfast approval courier`: reads policy, opens the store, delivers
 * until nothing is left.
 *
 * @throws Failure of the policy or the store
 */
export async function courierProcess({ env, home, signal }: CourierPlace): Promise<void> {
  const directory = configDirectory(env, home);
  const { readPolicy } = await import("./policy-source.ts");
  const policy = await readPolicy({ configDirectory: directory });
  const { webhooks, store: place, approvers } = policy.approvals;
  if (webhooks.length === 0) return;
  const { openApprovals } = await import("../grants/approvals/open.ts");
  const store = await openApprovals({ place, directory, create: false, approvers });
  if (store === undefined) return;
  const { runCourier } = await import("./courier/run.ts");
  const { turnOf } = await import("./courier/turn.ts");
  try {
    await runCourier(store, policy, { signal, env, turn: turnOf(join(directory, "courier")) });
  } finally {
    await store.close();
  }
}
