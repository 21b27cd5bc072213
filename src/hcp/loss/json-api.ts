// JSON:API documents of unknown shape, read without trusting them.
//
// J1 Only own properties count, and each value only with the type that the API documents for it.

export type Resource = Readonly<Record<string, unknown>>;

export interface Ref {
  readonly type: string;
  readonly id: string;
}

/** One resource, and what came along because the path's `include` asked for it. */
export interface Document {
  readonly resource: Resource;
  readonly included: readonly Resource[];
}

/** The first page of a collection. */
export interface Page {
  readonly items: readonly Resource[];
  /** How many there are on all pages; undefined when the API does not say. */
  readonly total: number | undefined;
  /** Undefined when the API does not say how many pages there are. */
  readonly pages: number | undefined;
}

/** Whether it is an object, and neither null nor an array. */
export function isObject(value: unknown): value is Resource {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What stands at the end of the names, or undefined where one of them is missing. */
export function at(value: unknown, ...names: readonly string[]): unknown {
  let here = value;
  for (const name of names) {
    if (!isObject(here) || !Object.hasOwn(here, name)) return undefined;
    here = here[name];
  }
  return here;
}

/** The document's one resource; undefined when it has another shape. */
export function documentIn(answer: unknown): Document | undefined {
  const resource = at(answer, "data");
  return isObject(resource) ? { resource, included: objects(at(answer, "included")) } : undefined;
}

/** The document's list; undefined when it has another shape. */
export function pageIn(answer: unknown): Page | undefined {
  const data = at(answer, "data");
  if (!Array.isArray(data)) return undefined;
  const pagination = at(answer, "meta", "pagination");
  const goesOn = at(answer, "links", "next") ?? at(pagination, "next-page") ?? null;
  const whole = goesOn === null;
  const stated = quantity(at(pagination, "total-count"));
  const total = stated !== undefined && stated >= data.length ? stated : undefined;
  return {
    items: objects(data),
    // Some lists, such as the variables of a workspace, have no pages and so no counts.
    total:
      total ?? (whole && at(pagination, "current-page") === undefined ? data.length : undefined),
    pages: quantity(at(pagination, "total-pages")) ?? (whole ? 1 : undefined),
  };
}

/** The attribute, when it is text that is not empty. */
export function textOf(resource: Resource | undefined, name: string): string | undefined {
  return text(at(resource, "attributes", name));
}

/** The attribute, when it is a count: a whole number, not negative. */
export function numberOf(resource: Resource | undefined, name: string): number | undefined {
  return quantity(at(resource, "attributes", name));
}

/** The attribute, when it is true or false. */
export function flagOf(resource: Resource | undefined, name: string): boolean | undefined {
  const value = at(resource, "attributes", name);
  return typeof value === "boolean" ? value : undefined;
}

export function idOf(resource: Resource | undefined): string | undefined {
  return text(at(resource, "id"));
}

/** What a person calls the resource: the first of the attributes that name things. */
export function nameOf(resource: Resource | undefined): string | undefined {
  for (const name of ["name", "key", "username", "email", "version"]) {
    const found = textOf(resource, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What a to-one relationship leads to. */
export function refOf(resource: Resource | undefined, relationship: string): Ref | undefined {
  return ref(at(resource, "relationships", relationship, "data"));
}

/** What a to-many relationship leads to; undefined where the answer does not list it. */
export function refsOf(
  resource: Resource | undefined,
  relationship: string,
): readonly Ref[] | undefined {
  const data = at(resource, "relationships", relationship, "data");
  return Array.isArray(data) ? data.map(ref).filter((each) => each !== undefined) : undefined;
}

/** The included resource that the relationship leads to. */
export function includedOf(document: Document, relationship: string): Resource | undefined {
  const wanted = refOf(document.resource, relationship);
  if (wanted === undefined) return undefined;
  const { type, id } = wanted;
  return document.included.find((each) => at(each, "type") === type && at(each, "id") === id);
}

/** The entries of a list that are objects. */
export function objects(value: unknown): Resource[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The resource identifier that the value holds. */
export function ref(value: unknown): Ref | undefined {
  const [type, id] = [text(at(value, "type")), text(at(value, "id"))];
  return type === undefined || id === undefined ? undefined : { type, id };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function quantity(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}
