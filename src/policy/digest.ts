// The identity of an operation: what an approval is bound to, and what --json shows.
//
// D1 Every field that changes what will run changes the digest; nothing that an agent says about
//    the operation does.

import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type {
  CommandOperation,
  HcpOperation,
  KubectlOperation,
  Operation,
  TerraformOperation,
} from "./operation.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** SHA-256 over the RFC 8785 form of a value that JSON can hold, as 64 hex digits. */
export function canonicalDigest(value: unknown): string {
  return sha256(canonicalize(value) ?? "");
}

/** SHA-256 over the RFC 8785 form of the operation's semantic fields, as `sha256:` + 64 hex digits. */
export function operationDigest(operation: Operation): string {
  const { kind, resourceClass, target, served } = operation;
  return `sha256:${canonicalDigest({
    version: 1,
    kind,
    resourceClass,
    hostname: target.hostname,
    organization: target.organization ?? null,
    resource: target.path,
    ...(served === undefined ? {} : { served }),
    ...fieldsOf(operation),
  })}`;
}

function fieldsOf(operation: Operation): object {
  switch (operation.kind) {
    case "hcp":
      return requestFields(operation);
    case "command":
      return commandFields(operation);
    case "terraform":
      return terraformFields(operation);
    case "kubectl":
      return kubectlFields(operation);
  }
}

function terraformFields({ terraform }: TerraformOperation): object {
  const { plan, ...rest } = terraform;
  if (plan === undefined) return { terraform: rest };
  // What it would change follows from its file; but people read it from here, so it is bound as well.
  const { cloud = null, notes = [], ...file } = plan;
  return { terraform: { ...rest, plan: { ...file, notes, cloud } } };
}

function kubectlFields({ kubectl }: KubectlOperation): object {
  // `manifest` follows from what `input` is the digest of; but people read it, so it is bound as well.
  const { manifest = null, input = null, replicas = null, command = null, ...rest } = kubectl;
  return { kubectl: { ...rest, manifest, input, replicas, command } };
}

function requestFields({ request }: HcpOperation): object {
  return { request: { ...request, body: bodyDigest(request.body) } };
}

function commandFields({ command }: CommandOperation): object {
  // `agent` is a label that the caller chose; `unbindable` and `replaceable` follow from the rest.
  const { executable, calledAs = executable, args, cwd, environment, files } = command;
  return { command: { executable, calledAs, args, cwd, environment, files } };
}

const bodyDigest = (body: string | undefined): string | null =>
  body === undefined ? null : sha256(body);
