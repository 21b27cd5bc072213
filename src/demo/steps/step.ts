// One step of the demo, and what all of them are told with.

import type { Scene } from "../scene.ts";
import type { Resource } from "../stand-in/resource.ts";

/** Why a step was not played. */
export interface Skipped {
  readonly skipped: string;
}

export interface Step {
  readonly title: string;
  /** What it would have shown: told where it is skipped. */
  readonly about?: string;
  /** Plays it. Returns what it showed, if it went as told. @throws Error when it cannot go on */
  readonly play: (scene: Scene) => Promise<string | Skipped>;
}

export const REFUSED = 7;
/** Refused, and a request waits for a person. */
export const WAITS = 8;
export const KILLED = 137;

/** The command that deletes it. */
export const remove = ({ type, id }: Resource) => `holdfast api /${type}/${id} -X DELETE`;
