// Which table says what of a type.
//
// Y1 A type is known by its name and its provider: whoever publishes a provider of their own can call
//    its types as they like, and have them do what they like.

import { AWS } from "./consequences-aws.ts";
import { AZURE } from "./consequences-azure.ts";
import type { RuleTable, TypeRule } from "./consequences-case.ts";
import { GOOGLE } from "./consequences-google.ts";
import { KUBERNETES } from "./consequences-kubernetes.ts";
import { BUILT_IN, LOCAL, NULL, RANDOM, TIME, TLS } from "./consequences-other.ts";
import type { ResourceChange } from "./plan-document.ts";

const PROVIDERS: Readonly<Record<string, RuleTable>> = {
  "hashicorp/aws": AWS,
  "hashicorp/google": GOOGLE,
  "hashicorp/google-beta": GOOGLE,
  "hashicorp/azurerm": AZURE,
  "hashicorp/kubernetes": KUBERNETES,
  "hashicorp/helm": KUBERNETES,
  "hashicorp/random": RANDOM,
  "hashicorp/tls": TLS,
  "hashicorp/local": LOCAL,
  "hashicorp/null": NULL,
  "hashicorp/time": TIME,
};

const REGISTRY = /^registry\.(?:terraform\.io|opentofu\.org)\/([a-z0-9-]+\/[a-z0-9-]+)$/;
const OWN = /^terraform\.io\/builtin\/terraform$/;

function tableOf(provider: string): RuleTable {
  if (OWN.test(provider)) return BUILT_IN;
  const source = REGISTRY.exec(provider)?.[1] ?? "";
  return Object.hasOwn(PROVIDERS, source) ? (PROVIDERS[source] ?? {}) : {};
}

/** What is known of its type; undefined where nothing is (Y1). */
export function ruleOf({
  type,
  provider_name = "",
}: Pick<ResourceChange, "type" | "provider_name">): TypeRule | undefined {
  const table = tableOf(provider_name);
  return Object.hasOwn(table, type) ? table[type] : undefined;
}

/** Every type that some table knows, for the documentation, by its provider's source. */
export function knownTypes(): Readonly<Record<string, RuleTable>> {
  return { ...PROVIDERS, "terraform.io/builtin/terraform": BUILT_IN };
}
