// The words that an agent may give to terraform. Each is checked against Terraform's own grammar, so
// that none of them can be an option, a template or more than one word.

const NAME = String.raw`[\p{L}_][\p{L}\p{N}_-]*`;
const INDEX = String.raw`\[(?:\d{1,9}|"(?:[^"\\\p{C}]|\\["\\])*")\]`;
const MODULE = String.raw`module\.${NAME}(?:${INDEX})?`;
const RESOURCE = String.raw`(?:data\.)?${NAME}\.${NAME}(?:${INDEX})?`;

const ADDRESS = new RegExp(
  String.raw`^(?:${MODULE}(?:\.${MODULE})*(?:\.${RESOURCE})?|${RESOURCE})$`,
  "u",
);
const VARIABLE = new RegExp(`^${NAME}$`, "u");
const WORKSPACE = /^[A-Za-z0-9_~@+:=.-]{1,90}$/;

const LONGEST = 1024;

/** Whether it is the address of a module, a resource or an instance: `module.a["x"].t.n[0]`. */
export function isResourceAddress(text: string): boolean {
  return text.length <= LONGEST && ADDRESS.test(text);
}

/** Whether it can be the name of an input variable. */
export function isVariableName(text: string): boolean {
  return text.length <= LONGEST && VARIABLE.test(text);
}

/** Whether it can be the name of a workspace: it also becomes part of a path. */
export function isWorkspaceName(text: string): boolean {
  return WORKSPACE.test(text) && text !== "." && text !== "..";
}
