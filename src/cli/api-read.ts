// The reading half of `holdfast api`: nothing here can change anything.

import { failureFromResponse } from "../hcp/failures.ts";
import type { HcpReader } from "../hcp/read.ts";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import type { HcpOperation } from "../policy/operation.ts";
import { outputOptions } from "./api/output.ts";
import { print } from "./api/print.ts";
import { readAllPages } from "./api/pagination.ts";
import { renderDocument, renderResponse } from "./api/render.ts";
import type { CliContext, GlobalOptions } from "./context.ts";

/** Reads and prints. `all` follows pagination. @throws Failure for what the API does not answer */
export async function readApi(
  operation: HcpOperation,
  all: boolean,
  globals: GlobalOptions,
  context: CliContext,
  reader: HcpReader,
): Promise<ExitCode> {
  const { request, target } = operation;
  const options = outputOptions(globals, context);
  if (all) {
    const paging = { stderr: context.stderr, quiet: globals.quiet };
    print(await renderDocument(await readAllPages(reader, request, paging), options), context);
    return EXIT.ok;
  }
  const method = request.method === "HEAD" ? "HEAD" : "GET";
  const response = await reader.fetch({ ...request, method });
  if (response.status < 200 || response.status > 299) throw failureFromResponse(request, response);
  print(await renderResponse({ method, path: target.path }, response, options), context);
  return EXIT.ok;
}
