import { describe, expect, it } from "vitest";
import { type Retry, retryAfterMs, tryRepeatedly } from "../../src/hcp/retry.ts";

const NOW = Date.parse("2030-01-01T00:00:00Z");
const answer = (status: number, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: Buffer.alloc(0),
});

describe("how long an answer asks to wait", () => {
  it.each([
    [429, { "retry-after": "2" }, 2000],
    [503, { "retry-after": "0" }, 0],
    [429, { "retry-after": "Tue, 01 Jan 2030 00:00:05 GMT" }, 5000],
    [429, { "retry-after": "Mon, 31 Dec 2029 23:59:55 GMT" }, 0],
    [429, { "x-ratelimit-reset": "0.25" }, 250],
    [429, { "retry-after": "1", "x-ratelimit-reset": "9" }, 1000],
    [503, { "x-ratelimit-reset": "9" }, undefined],
    [429, { "retry-after": "soon" }, undefined],
    [429, { "retry-after": "" }, undefined],
    [429, {}, undefined],
  ])("%i with %j: %s ms", (status, headers, expected) => {
    expect(retryAfterMs(answer(status, headers as Record<string, string>), NOW)).toBe(expected);
  });
});

describe("tryRepeatedly", () => {
  const policy = { attempts: 4, baseMs: 1, totalMs: 10_000 };

  it("stops when attempts run out, and told of each wait", async () => {
    const retries: Retry[] = [];
    let sent = 0;
    const send = async () => answer(500 + sent++);
    const tried = await tryRepeatedly(send, () => true, {
      policy,
      onRetry: (one) => retries.push(one),
    });
    expect(tried).toMatchObject({ response: { status: 503 } });
    expect(retries.map(({ attempt, because }) => `${attempt} ${because}`)).toEqual([
      "1 status 500",
      "2 status 501",
      "3 status 502",
    ]);
  });

  it("a wait that the total does not allow for ends it at once", async () => {
    let sent = 0;
    const send = async () => {
      sent += 1;
      return answer(429, { "retry-after": "3600" });
    };
    expect(await tryRepeatedly(send, () => true, { policy })).toMatchObject({
      response: { status: 429 },
    });
    expect(sent).toBe(1);
  });

  it("an interrupted wait is an interruption, and nothing arrived", async () => {
    const controller = new AbortController();
    const send = async () => answer(429, { "retry-after": "5" });
    const onRetry = () => controller.abort();
    const tried = await tryRepeatedly(send, () => true, {
      policy,
      signal: controller.signal,
      onRetry,
    });
    expect(tried).toMatchObject({ error: { code: "aborted", arrived: "no" } });
  });

  it("a defect is not retried", async () => {
    let sent = 0;
    const send = async () => {
      sent += 1;
      throw new TypeError("a defect");
    };
    await expect(tryRepeatedly(send, () => true, { policy })).rejects.toThrow(TypeError);
    expect(sent).toBe(1);
  });
});
