// A gateway of its own, for tests that kill it: applies one plan of a yard, and says what came of it.
//
//   node program.cjs DIRECTORY-ABOVE-THE-YARD PLAN_ID

import { makeTerraformYard } from "./terraform-yard.ts";

const [at = "", id = ""] = process.argv.slice(2);

void makeTerraformYard({}, at)
  .apply(id)
  .then(
    ({ outcome, error }) => ({ outcome, code: error?.code }),
    (error: { readonly code?: string }) => ({ code: error.code }),
  )
  .then((came) => process.stdout.write(`${JSON.stringify(came)}\n`));
