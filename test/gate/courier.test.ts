import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { messageHeaders, signature } from "../../src/gate/courier/message.ts";
import { type CourierOptions, MOST_TRIES, runCourier } from "../../src/gate/courier/run.ts";
import { type HookStage, PERSON, requestFor, setHooks } from "../support/hook-stage.ts";
import {
  type Answering,
  HOOK_SECRET,
  type Receiver,
  startReceiver,
} from "../support/hook-receiver.ts";
import { eventually } from "../support/scripts.ts";

const directory = mkdtempSync(join(tmpdir(), "hf-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function receiver(answering?: Answering): Promise<Receiver> {
  const made = await startReceiver(answering);
  open.push(made);
  return made;
}

async function stage(...hooks: { url: string; after?: string }[]): Promise<HookStage> {
  const made = await setHooks(hooks);
  open.push(made);
  return made;
}

const TIMES = { tryMs: 5000, leaseMs: 20_000, againMs: 20, lookMs: 200 };

/** Runs a courier to its end. */
const courier = ({ store, policy }: HookStage, more: Partial<CourierOptions> = {}) =>
  runCourier(store, policy, {
    signal: new AbortController().signal,
    env: {},
    times: TIMES,
    ...more,
  });

describe("a courier", () => {
  it("M1: delivers who asks for what, signed, and neither body nor key", async () => {
    const hook = await receiver();
    const here = await stage(hook);
    const { id, expiresAt } = await here.file("ws-1");
    await courier(here, { now: () => 1_700_000_000_999 });
    expect(hook.got).toHaveLength(1);
    const [{ body, headers, isSigned, delivery, path } = fail()] = hook.got;
    expect(isSigned).toBe(true);
    expect(path).toBe("/hook");
    expect(delivery).not.toBe("");
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "holdfast-timestamp": "1700000000",
    });
    expect(body).toEqual({
      version: 1,
      event: "request",
      id,
      title: "Delete workspace",
      class: "workspaces",
      target: { hostname: "app.terraform.io", organization: "acme", path: "/workspaces/ws-1" },
      reversible: requestFor("ws-1").operation.reversibility,
      requester: {
        agent: "Claude Code",
        session: "7KQF2M",
        lineage: "bash, claude, zsh",
        user: "me",
        machine: "laptop",
      },
      reason: "class-not-granted",
      expires_at: expiresAt,
      approve: `holdfast approve ${id}`,
    });
    expect(JSON.stringify([body, headers])).not.toContain("in-the-body");
    expect(JSON.stringify([body, headers])).not.toContain(HOOK_SECRET);
  });

  it("M2: shows what hides in the text of others, and cuts what is long", async () => {
    const hook = await receiver();
    const here = await stage(hook);
    const { requester } = requestFor("x");
    const lineage = `\u202eevil\x1b[2J${"y".repeat(5000)}`;
    await here.store.file(requestFor("x", { requester: { ...requester, lineage } }), [
      { recipient: hook.url, afterMs: 0 },
    ]);
    await courier(here);
    const { lineage: got = "" } = (hook.got[0]?.body.requester ?? {}) as { lineage?: string };
    expect(got).toMatch(/^\\u\{202e\}evil\\x1b\[2Jy+…$/);
    expect(got.length).toBeLessThan(600);
  });

  it("the signature is HMAC-SHA-256 of timestamp, dot, body", () => {
    // From: printf '1700000000.{}' | openssl dgst -sha256 -hmac key
    expect(signature("key", "1700000000", "{}")).toBe(
      "v1=9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae",
    );
    expect(signature("key", "1700000000", "{}")).not.toBe(signature("key", "1700000001", "{}"));
    expect(signature("key", "1700000000", "{}")).not.toBe(signature("kez", "1700000000", "{}"));
  });

  it("K1: tries again after failures, with the same delivery id, then is done", async () => {
    const hook = await receiver((count) => (count < 3 ? 503 : 204));
    const here = await stage(hook);
    await here.file("ws-1");
    await courier(here);
    expect(hook.got).toHaveLength(3);
    expect(new Set(hook.got.map(({ delivery }) => delivery)).size).toBe(1);
    expect(hook.got.every(({ isSigned }) => isSigned)).toBe(true);
    expect(await here.store.nextNoticeMs()).toBeUndefined();
  });

  it.each([408, 425, 429, 500, 302])("tries again after %i", async (status) => {
    const hook = await receiver((count, response) => {
      if (status === 302) response.setHeader("location", "/elsewhere");
      return count === 1 ? status : 200;
    });
    const here = await stage(hook);
    await here.file("ws-1");
    await courier(here);
    expect(hook.got.map(({ path }) => path)).toEqual(["/hook", "/hook"]);
  });

  it.each([400, 401, 404, 410, 422])("gives up after %i", async (status) => {
    const hook = await receiver(() => status);
    const here = await stage(hook);
    await here.file("ws-1");
    await courier(here);
    expect(hook.got).toHaveLength(1);
  });

  it(`gives up after ${MOST_TRIES} tries`, async () => {
    const hook = await receiver(() => 500);
    const here = await stage(hook);
    await here.file("ws-1");
    await courier(here, { times: { ...TIMES, againMs: 1 } });
    expect(hook.got).toHaveLength(MOST_TRIES);
  });

  it("waits as long as the receiver asks", async () => {
    const hook = await receiver((count, response) => {
      if (count === 1) response.setHeader("retry-after", "3600");
      return 429;
    });
    const here = await stage(hook);
    await here.file("ws-1");
    const stop = new AbortController();
    const running = courier(here, { signal: stop.signal });
    const ms = await eventually("it was settled", async () => {
      const next = await here.store.nextNoticeMs();
      return next !== undefined && next > 100_000 ? next : undefined;
    });
    // Never longer than ten minutes.
    expect(ms).toBeLessThanOrEqual(600_000);
    stop.abort();
    await running;
  });

  it("K3: a receiver that hangs holds up only its own notice, and is tried again", async () => {
    const hanging = await receiver((count) => (count === 1 ? "nothing" : 200));
    const quick = await receiver();
    const here = await stage(hanging, quick);
    await here.file("ws-1");
    await here.file("ws-2");
    const running = courier(here, { times: { ...TIMES, tryMs: 1000 } });
    await quick.received(2);
    await running;
    expect(quick.got).toHaveLength(2);
    expect(hanging.got.map(({ body }) => body.id)).toHaveLength(3);
    expect(new Set(hanging.got.map(({ delivery }) => delivery)).size).toBe(2);
  });

  it("a receiver that drips, or answers without end, is cut off and tried again", async () => {
    const hook = await receiver((count, response) => {
      if (count > 1) return 200;
      response.writeHead(200);
      response.write("x".repeat(100_000));
      return "nothing";
    });
    const here = await stage(hook);
    await here.file("ws-1");
    await courier(here);
    expect(hook.got).toHaveLength(2);
  });

  it("one that is not there is tried again until it is", async () => {
    const gone = await startReceiver();
    await gone.close();
    const here = await stage({ url: gone.url });
    await here.file("ws-1");
    await courier(here, { times: { ...TIMES, againMs: 1 } });
    expect(await here.store.nextNoticeMs()).toBeUndefined();
  });

  it("without a key that can be trusted nothing is sent, and a mended one is used", async () => {
    const hook = await receiver();
    const here = await stage(hook);
    const secret = join(here.directory, "secret");
    chmodSync(secret, 0o644);
    await here.file("ws-1");
    const stop = new AbortController();
    const running = courier(here, { signal: stop.signal, times: { ...TIMES, againMs: 500 } });
    await eventually("it was tried", async () => {
      const next = await here.store.nextNoticeMs();
      return next !== undefined && next > 0 ? next : undefined;
    });
    expect(hook.got).toHaveLength(0);
    chmodSync(secret, 0o600);
    await hook.received(1);
    await running;
    expect(hook.got[0]?.isSigned).toBe(true);
  });

  it.each(["short", ""])("a key of %j is none", async (key) => {
    const hook = await receiver();
    const here = await stage(hook);
    rmSync(join(here.directory, "secret"));
    writeFileSync(join(here.directory, "secret"), key, { mode: 0o600 });
    await here.file("ws-1");
    await courier(here, { times: { ...TIMES, againMs: 1 } });
    expect(hook.got).toHaveLength(0);
  });

  it("tells each request once, however often the agent asks for it", async () => {
    const hook = await receiver();
    const here = await stage(hook);
    const first = await here.file("ws-1");
    await courier(here);
    expect((await here.file("ws-1")).id).toBe(first.id);
    await courier(here);
    expect(hook.got).toHaveLength(1);
  });

  it("tells the second address only where nobody has answered in time", async () => {
    const first = await receiver();
    const second = await receiver();
    const here = await stage(first, { url: second.url, after: "1s" });
    const [answered, forgotten] = [await here.file("ws-1"), await here.file("ws-2")];
    const running = courier(here);
    await first.received(2);
    expect((await here.store.decide(answered.id, answered.digest, "deny", PERSON)).done).toBe(true);
    await running;
    expect(second.got.map(({ body }) => body.id)).toEqual([forgotten.id]);
    expect(second.got[0]?.isSigned).toBe(true);
    expect(first.got).toHaveLength(2);
  });

  it("K2: tells nobody of a request that was answered before anybody could be told", async () => {
    const hook = await receiver();
    const here = await stage(hook);
    const { id } = await here.file("ws-1");
    await here.store.withdraw(id, PERSON);
    await courier(here);
    expect(hook.got).toHaveLength(0);
  });

  it("an address that policy no longer names is told nothing", async () => {
    const hook = await receiver();
    const here = await stage(hook);
    await here.file("ws-1");
    const { approvals } = here.policy;
    await courier(
      { ...here, policy: { ...here.policy, approvals: { ...approvals, webhooks: [] } } },
      { times: { ...TIMES, againMs: 1 } },
    );
    expect(hook.got).toHaveLength(0);
  });

  it("two at once deliver each notice once", async () => {
    const hook = await receiver();
    const here = await stage(hook);
    for (let each = 0; each < 12; each += 1) await here.file(`ws-${each}`);
    await Promise.all([courier(here), courier(here)]);
    expect(hook.got).toHaveLength(12);
    expect(new Set(hook.got.map(({ delivery }) => delivery)).size).toBe(12);
  });

  it("ends at once when it is told to, and what was under way is left to the next", async () => {
    const hook = await receiver((count) => (count === 1 ? "nothing" : 200));
    const here = await stage(hook);
    await here.file("ws-1");
    const stop = new AbortController();
    const running = courier(here, { signal: stop.signal, times: { ...TIMES, leaseMs: 300 } });
    await hook.received(1);
    stop.abort();
    await running;
    await courier(here);
    expect(hook.got).toHaveLength(2);
    expect(hook.got[0]?.delivery).toBe(hook.got[1]?.delivery);
  });

  it("a store that fails ends it with the store's own failure", async () => {
    const here = await stage(await receiver());
    const broken = {
      ...here.store,
      takeNotice: () => Promise.reject(new Error("the disk is gone")),
    };
    await expect(
      courier({ ...here, store: broken as unknown as HookStage["store"] }),
    ).rejects.toThrow("the disk is gone");
  });
});

describe("docs/notifications.md", () => {
  const page = readFileSync("docs/notifications.md", "utf8");
  const block = (language: string) =>
    page.split(`\`\`\`${language}\n`)[1]?.split("```")[0] ?? fail();

  it("shows a message with the very fields that are sent", async () => {
    const hook = await receiver();
    const here = await stage(hook);
    await here.file("ws-1");
    await courier(here);
    const shape = (value: unknown): unknown =>
      typeof value === "object" && value !== null
        ? Object.entries(value).map(([key, each]) => [key, shape(each)])
        : typeof value;
    expect(shape(JSON.parse(block("json")))).toEqual(shape(hook.got[0]?.body));
  });

  it("has a check that takes what is sent, and nothing that was changed or is old", async () => {
    const file = join(directory, "check.mjs");
    writeFileSync(file, `${block("js")}\nexport { isFromHoldfast };\n`);
    const { isFromHoldfast } = (await import(file)) as {
      isFromHoldfast: (headers: object, body: string, key: string) => boolean;
    };
    const sent = (now: number, body = "{}") =>
      messageHeaders(HOOK_SECRET, body, { delivery: "d", now, userAgent: "holdfast" });
    expect(isFromHoldfast(sent(Date.now()), "{}", HOOK_SECRET)).toBe(true);
    expect(isFromHoldfast(sent(Date.now()), "{ }", HOOK_SECRET)).toBe(false);
    expect(isFromHoldfast(sent(Date.now()), "{}", `${HOOK_SECRET}x`)).toBe(false);
    expect(isFromHoldfast(sent(Date.now() - 3_600_000), "{}", HOOK_SECRET)).toBe(false);
    expect(isFromHoldfast({}, "{}", HOOK_SECRET)).toBe(false);
  });
});

function fail(): never {
  throw new Error("nothing came");
}
