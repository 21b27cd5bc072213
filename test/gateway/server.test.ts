import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openGateway } from "../support/gateway-client.ts";
import { setStage, type Stage } from "../support/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage({ asks: true });
});
afterAll(() => stage.close());

describe("a client", () => {
  it.each(["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"])(
    "that speaks %s lists the tools, calls one, and reads through the gate",
    async (protocol) => {
      const gateway = await openGateway(stage, { protocol });
      try {
        const { tools } = await gateway.client.listTools();
        expect(tools.map(({ name }) => name)).toContain("hcp_request");
        const read = await gateway.call("hcp_request", { method: "GET", path: "/organizations" });
        expect(read.isError).toBe(false);
        expect(read.result.status).toBe("done");
        expect(read.text).toContain("organizations");
      } finally {
        await gateway.close();
      }
    },
  );
});
