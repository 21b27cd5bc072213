// --all: every page of a collection as one document, with what a person sees meanwhile.

import type { HcpReader } from "../../hcp/read.ts";
import type { HcpRequest } from "../../policy/operation.ts";
import type { CliContext } from "../context.ts";
import { progressLine } from "./progress.ts";
import { usageFailure } from "./usage-failure.ts";

const ROOT = "/api/v2";

/** Where --all says how far it is. */
export interface PaginationOutput {
  readonly stderr: CliContext["stderr"];
  readonly quiet: boolean;
}

/**
 * Reads all pages, at most 2,000 records, and returns the merged document. Says on stderr, --quiet
 * or not, when it stopped at the limit: the document alone would not show it.
 * @throws Failure: exit 1 for a path outside the API; whatever the reader throws.
 */
export async function readAllPages(
  reader: Pick<HcpReader, "getAll">,
  { path, query }: Pick<HcpRequest, "path" | "query">,
  { stderr, quiet }: PaginationOutput,
): Promise<Readonly<Record<string, unknown>>> {
  if (!path.startsWith(`${ROOT}/`))
    throw usageFailure(`--all: only for paths below ${ROOT}`, "leave out --all");
  const progress = progressLine(stderr, quiet);
  try {
    const { document, truncated } = await reader.getAll(path.slice(ROOT.length), {
      query,
      onProgress: ({ records, total }) => progress.show(progressText(records, total)),
    });
    progress.clear();
    if (truncated) stderr.write(limitText(document.data.length));
    return document;
  } finally {
    progress.clear();
  }
}

function progressText(records: number, total: number | undefined): string {
  const of = total === undefined ? "" : ` of ${count(total)}`;
  return `holdfast: ${count(records)}${of} records`;
}

function limitText(records: number): string {
  return `holdfast: stopped at ${count(records)} records, there are more: narrow it down with -f\n`;
}

function count(records: number): string {
  return records.toLocaleString("en-US");
}
