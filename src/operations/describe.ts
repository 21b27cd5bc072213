// The card of a stored operation, from the operation alone: whoever stored a card beside it need not
// be believed. What HCP Terraform would lose is looked up instead (hcp/loss).

import type { Card } from "../policy/card.ts";
import type {
  CommandOperation,
  KubectlOperation,
  TerraformOperation,
} from "../policy/operation.ts";
import { describeOperation } from "./command/card.ts";
import { describeKubectl } from "./kubectl/card.ts";
import { describeTerraform } from "./terraform/card.ts";

/** The card. Its text is as it came: whoever shows it makes it visible. */
export function describeStored(
  operation: CommandOperation | TerraformOperation | KubectlOperation,
): Card {
  switch (operation.kind) {
    case "command":
      return describeOperation(operation);
    case "terraform":
      return describeTerraform(operation);
    case "kubectl":
      return describeKubectl(operation);
  }
}
