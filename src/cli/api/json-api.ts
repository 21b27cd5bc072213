// JSON:API documents as they come: nothing in them is trusted to have its shape.

/** One resource of a document. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  /** The whole object, for what is read rarely. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** Whether a value is an object, and neither null nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A JSON:API document's `data`, if it holds resources: one, several, or `undefined`. */
export function dataOf(document: unknown): Resource | Resource[] | undefined {
  if (!isObject(document)) return undefined;
  const { data } = document;
  if (!Array.isArray(data)) return resource(data);
  const resources = data.map(resource).filter((one) => one !== undefined);
  return resources.length === data.length ? resources : undefined;
}

/** A document's resources as a list: one, several or none. */
export function resourcesOf(document: unknown): Resource[] {
  const data = dataOf(document);
  if (data === undefined) return [];
  return Array.isArray(data) ? data : [data];
}

/** A resource's attributes; empty where it has none. */
export function attributesOf({ raw }: Resource): Readonly<Record<string, unknown>> {
  return isObject(raw.attributes) ? raw.attributes : {};
}

function resource(raw: unknown): Resource | undefined {
  if (!isObject(raw)) return undefined;
  const { id, type } = raw;
  if (typeof type !== "string") return undefined;
  return { id: typeof id === "string" ? id : "", type, raw };
}
