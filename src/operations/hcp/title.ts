// What a person reads for an operation, made from the API's own name for it.

/** Parts of operation names that are not written as plain lower-case words. */
const WRITTEN: Readonly<Record<string, string>> = {
  api: "API",
  cidr: "CIDR",
  github: "GitHub",
  gpg: "GPG",
  hcp: "HCP",
  hyok: "HYOK",
  id: "ID",
  ip: "IP",
  json: "JSON",
  oauth: "OAuth",
  oidc: "OIDC",
  opa: "OPA",
  param: "parameter",
  params: "parameters",
  sentinel: "Sentinel",
  ssh: "SSH",
  terraform: "Terraform",
  tf: "Terraform",
  ttl: "lifetime",
  var: "variable",
  vars: "variables",
  varset: "variable set",
  varsets: "variable sets",
  vcs: "VCS",
};

/** `deletePolicySet` becomes `Delete policy set`. */
export function titleOf(operationName: string): string {
  const words = operationName.replace("OAuth", "Oauth").match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g);
  const title = (words ?? []).map((word) => {
    const plain = word.toLowerCase();
    return Object.hasOwn(WRITTEN, plain) ? WRITTEN[plain] : plain;
  });
  const sentence = title.join(" ");
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
