// What a route answers with, and the refusals that it throws instead.

import type { Json } from "./resource.ts";

export interface Answer {
  readonly status: number;
  /** JSON:API unless a content type among the headers says otherwise. */
  readonly body?: Json;
  /** Sent instead of `body`, as it stands. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const NO_CONTENT: Answer = { status: 204 };
/** What an action answers that the API only queues. */
export const ACCEPTED: Answer = { status: 202 };

/** Thrown by routes; the server turns it into a JSON:API error document. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly answer: Answer;

  constructor(status: number, title: string, detail?: string, pointer?: string) {
    super(title);
    this.answer = errorAnswer(status, title, detail, pointer);
  }
}

/** A JSON:API error document with one error. */
export function errorAnswer(
  status: number,
  title: string,
  detail?: string,
  pointer?: string,
): Answer {
  const error = {
    status: String(status),
    title,
    ...(detail === undefined ? {} : { detail }),
    ...(pointer === undefined ? {} : { source: { pointer } }),
  };
  return { status, body: { errors: [error] } };
}

/** The API says "not found" of what is not there and of what the token may not see. */
export function notFound(): Refusal {
  return new Refusal(404, "not found");
}

/** 409: the resource is in a state that does not allow it. */
export function conflict(detail: string): Refusal {
  return new Refusal(409, "conflict", detail);
}

/** 422 that points to an attribute of the body. */
export function invalidAttribute(attribute: string, detail: string): Refusal {
  return new Refusal(422, "invalid attribute", detail, `/data/attributes/${attribute}`);
}

/** 422: the body lacks something or has the wrong shape. */
export function invalidRequest(detail: string): Refusal {
  return new Refusal(422, "unprocessable entity", detail);
}
