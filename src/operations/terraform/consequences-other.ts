// What can be got back of the types of Terraform itself and of its small providers.

import { alike, type RuleTable, type TypeRule } from "./consequences-case.ts";

const OVERWRITES = "a file that is there under this name is overwritten";

/** Nothing but a value in the state, which the plan shows. */
const IN_STATE: TypeRule = {
  isOnlyInState: true,
  destroy: [
    {
      consequence: "recoverable with effort",
      because: "its value stands in the state until then, and can be imported again",
    },
  ],
};

const SECRET_IN_STATE: TypeRule = {
  stateful: true,
  isOnlyInState: true,
  destroy: [
    {
      consequence: "unrecoverable",
      because: "it is a secret that is kept nowhere but in the state",
    },
  ],
};

const FILE: TypeRule = {
  destroy: [
    { consequence: "recoverable with effort", because: "its content stands in the configuration" },
  ],
  update: [
    { attribute: "content", consequence: "recoverable with effort", because: "it is overwritten" },
    { attribute: "filename", consequence: "needs review", because: OVERWRITES },
  ],
  create: { consequence: "needs review", evidence: [OVERWRITES] },
};

export const BUILT_IN: RuleTable = {
  terraform_data: {
    isOnlyInState: true,
    destroy: [
      { consequence: "reversible", because: "it is a value in the state, and nothing outside" },
    ],
  },
};

export const NULL: RuleTable = {
  null_resource: {
    isOnlyInState: true,
    destroy: [{ consequence: "reversible", because: "it stands for nothing outside" }],
  },
};

export const RANDOM: RuleTable = {
  random_password: SECRET_IN_STATE,
  ...alike(
    "random_id random_integer random_pet random_shuffle random_string random_uuid random_bytes",
    IN_STATE,
  ),
};

export const TLS: RuleTable = {
  tls_private_key: SECRET_IN_STATE,
  ...alike("tls_self_signed_cert tls_locally_signed_cert tls_cert_request", IN_STATE),
};

export const LOCAL: RuleTable = alike("local_file local_sensitive_file", FILE);

export const TIME: RuleTable = alike("time_static time_rotating time_offset time_sleep", {
  isOnlyInState: true,
  destroy: [
    { consequence: "recoverable with effort", because: "it stands for a moment, and is set anew" },
  ],
});
