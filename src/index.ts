// The library: what other programs may build on. Everything else is internal.

export {
  type Coverage,
  coverage,
  type GrantQuery,
  type SessionGrant,
} from "./policy/session-grant.ts";
export { type Decision, decide, type Effect, type Facts } from "./policy/decide.ts";
export { EXIT, type ExitCode } from "./policy/exit-code.ts";
export { Failure } from "./policy/failure.ts";
export type {
  CommandOperation,
  CommandRequest,
  HcpOperation,
  HcpRequest,
  Impact,
  Operation,
  Reversibility,
  Target,
} from "./policy/operation.ts";
export { operationDigest } from "./policy/digest.ts";
export { type Reason, REASONS, reasonText, remediesOf } from "./policy/reason.ts";
export { RESOURCE_CLASSES, type ResourceClass } from "./policy/resource-class.ts";
export { type HcpRequestInput, type LookUps, toOperation } from "./operations/hcp/to-operation.ts";
