import type { Gateway } from "./gateway.ts";
import type { Serving } from "./serve.ts";

export async function listenAt(
  _: string,
  __: Gateway,
  ___: (text: string) => void,
): Promise<Serving> {
  throw new Error("not yet");
}
