import { describe, expect, it } from "vitest";
import { failureFromHttpError, failureFromResponse, oneLine } from "../../src/hcp/failures.ts";
import { HttpError } from "../../src/system/http-error.ts";

const request = { method: "DELETE", path: "/api/v2/workspaces/ws-1" };

function answer(status: number, body: unknown, type = "application/vnd.api+json") {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { status, headers: { "content-type": type }, body: Buffer.from(text) };
}

describe("an answer as a failure", () => {
  it.each([
    [401, "unauthorized", 3],
    [403, "forbidden", 2],
    [404, "not-found", 2],
    [410, "not-found", 2],
    [409, "conflict", 6],
    [422, "unprocessable", 6],
    [400, "request-refused", 6],
    [423, "request-refused", 6],
    [429, "rate-limited", 5],
    [500, "api-failing", 5],
    [503, "api-failing", 5],
    [302, "redirected", 4],
  ])("%i is %s, exit code %i", (status, code, exitCode) => {
    expect(failureFromResponse(request, answer(status, ""))).toMatchObject({ code, exitCode });
  });

  it("says what the API says", () => {
    const errors = [
      {
        status: "422",
        title: "invalid attribute",
        detail: "Name is taken",
        source: { pointer: "/data/attributes/name" },
      },
      { title: "locked" },
      "plain words",
    ];
    expect(failureFromResponse(request, answer(422, { errors })).message).toBe(
      "DELETE /workspaces/ws-1: 422 Unprocessable Entity: " +
        "invalid attribute: Name is taken (/data/attributes/name); locked; plain words",
    );
  });

  it("names three errors and counts the rest", () => {
    const errors = ["a", "b", "c", "d", "e"].map((title) => ({ title }));
    expect(failureFromResponse(request, answer(409, { errors })).message).toMatch(
      /: a; b; c; and 2 more$/,
    );
  });

  it.each([
    ["HTML", "<html><title>hunter2</title></html>", "text/html"],
    ["plain text", "hunter2\u001b[2K", "text/plain"],
    ["JSON of another shape", '{"message":"hunter2"}', "application/json"],
    ["cut JSON", '{"errors":[{"title":"hunter2"', "application/json"],
  ])("F1: of %s only type and size are told", (_, body, type) => {
    const { message } = failureFromResponse(request, answer(502, body, type));
    expect(message).toContain(`a body of ${Buffer.byteLength(body)} bytes, ${type}`);
    expect(message).not.toContain("hunter2");
  });

  it("F2: one short line without control characters", () => {
    const errors = [{ title: "a\u001b[2K\r\nb\u0085c\u2028d", detail: "x".repeat(1000) }];
    const { message } = failureFromResponse(request, answer(422, { errors }));
    expect(message).toContain("a [2K b c d");
    expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028]/);
    expect(message.length).toBeLessThan(400);
  });

  it.each([[{ errors: [null, 7, {}, { title: 3, source: "x" }] }], [{ errors: [] }], [null], [[]]])(
    "survives %j",
    (body) => {
      expect(failureFromResponse(request, answer(422, body)).message).toMatch(/^DELETE /);
    },
  );

  it("cuts between characters", () => {
    expect(oneLine("ab😀", 4)).toBe("ab😀");
    expect(oneLine("ab😀cd", 4)).toBe("ab…");
  });
});

it.each([
  ["connect", "network-connect", 4],
  ["dns", "network-dns", 4],
  ["tls", "network-tls", 4],
  ["timeout", "network-timeout", 4],
  ["aborted", "interrupted", 130],
  ["invalid-proxy", "invalid-proxy", 1],
  ["invalid-request", "invalid-request", 1],
] as const)("a %s error is %s, exit code %i, with advice", (code, name, exitCode) => {
  const failure = failureFromHttpError(new HttpError(code, "why", { arrived: "no" }));
  expect(failure).toMatchObject({
    code: name,
    exitCode,
    message: "why",
    fix: expect.stringMatching(/\w/),
  });
});
