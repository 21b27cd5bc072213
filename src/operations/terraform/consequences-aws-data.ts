// What can be got back of AWS's types that hold something. From the provider's and the services'
// documentation.

import { alike, type Case, LINK, type RuleTable, type Touch } from "./consequences-case.ts";

const GONE: Case = {
  consequence: "unrecoverable",
  because: "nothing is left to restore what it held from",
};

const REFUSED = (attribute: string): Case => ({
  when: { [attribute]: true },
  consequence: "recoverable with effort",
  because: "the API refuses to destroy it while that is on",
});

const FINAL_SNAPSHOT: Case = {
  when: { skip_final_snapshot: false },
  consequence: "recoverable from backup",
  because: "a final snapshot is taken",
};

const UPGRADE: readonly Touch[] = [
  {
    attribute: "engine_version",
    consequence: "needs review",
    because: "an upgrade cannot be undone",
  },
  { attribute: "engine", consequence: "needs review", because: "its data is converted" },
];

const EXPIRES: Touch["because"] = "what it expires is deleted for good";

export const AWS_DATA: RuleTable = {
  aws_db_instance: {
    stateful: true,
    destroy: [
      REFUSED("deletion_protection"),
      FINAL_SNAPSHOT,
      {
        when: { delete_automated_backups: false, backup_retention_period: { atLeast: 1 } },
        consequence: "recoverable from backup",
        because: "its automated backups stay for their retention",
      },
      GONE,
    ],
    update: UPGRADE,
  },
  aws_rds_cluster: {
    stateful: true,
    destroy: [REFUSED("deletion_protection"), FINAL_SNAPSHOT, GONE],
    update: UPGRADE,
  },
  ...alike("aws_docdb_cluster aws_neptune_cluster", {
    stateful: true,
    destroy: [REFUSED("deletion_protection"), FINAL_SNAPSHOT, GONE],
    update: UPGRADE,
  }),
  aws_redshift_cluster: { stateful: true, destroy: [FINAL_SNAPSHOT, GONE] },
  aws_elasticache_cluster: {
    stateful: true,
    destroy: [
      {
        when: { final_snapshot_identifier: null },
        consequence: "unrecoverable",
        because: "no final snapshot is taken",
      },
      { consequence: "recoverable from backup", because: "a final snapshot is taken" },
    ],
    update: UPGRADE,
  },
  aws_elasticache_replication_group: {
    stateful: true,
    destroy: [
      {
        when: { final_snapshot_identifier: null },
        consequence: "unrecoverable",
        because: "no final snapshot is taken",
      },
      { consequence: "recoverable from backup", because: "a final snapshot is taken" },
    ],
    update: UPGRADE,
  },
  aws_dynamodb_table: {
    stateful: true,
    destroy: [
      REFUSED("deletion_protection_enabled"),
      {
        when: { "point_in_time_recovery.0.enabled": true },
        consequence: "recoverable from backup",
        because: "a system backup stays for 35 days",
      },
      GONE,
    ],
    update: [{ attribute: "ttl", consequence: "needs review", because: EXPIRES }],
  },
  aws_s3_bucket: {
    stateful: true,
    destroy: [
      {
        when: { force_destroy: false },
        consequence: "recoverable with effort",
        because:
          "the API refuses to destroy it unless it is empty; its name may be taken meanwhile",
      },
      { consequence: "unrecoverable", because: "every object and version in it is deleted first" },
    ],
    update: [{ attribute: "lifecycle_rule", consequence: "needs review", because: EXPIRES }],
  },
  ...alike("aws_s3_object aws_s3_bucket_object", {
    stateful: true,
    destroy: [
      {
        consequence: "needs review",
        because: "only the bucket's versioning tells what stays of it",
      },
    ],
    update: [
      ...["content", "content_base64", "source", "etag", "source_hash"].map((attribute) => ({
        attribute,
        consequence: "needs review" as const,
        because: "what was there is overwritten",
      })),
    ],
    create: {
      consequence: "needs review",
      evidence: ["an object that is there under this key is overwritten"],
    },
  }),
  aws_s3_bucket_lifecycle_configuration: {
    destroy: LINK.destroy,
    update: [{ attribute: "rule", consequence: "needs review", because: EXPIRES }],
    create: { consequence: "needs review", evidence: [EXPIRES] },
  },
  aws_ecr_lifecycle_policy: {
    destroy: LINK.destroy,
    update: [{ attribute: "policy", consequence: "needs review", because: EXPIRES }],
    create: { consequence: "needs review", evidence: [EXPIRES] },
  },
  aws_ebs_volume: {
    stateful: true,
    destroy: [
      {
        when: { final_snapshot: true },
        consequence: "recoverable from backup",
        because: "a snapshot is taken first",
      },
      GONE,
    ],
  },
  aws_instance: {
    stateful: true,
    destroy: [
      REFUSED("disable_api_termination"),
      {
        when: { "root_block_device.0.delete_on_termination": false },
        consequence: "recoverable with effort",
        because: "its disk stays",
      },
      { consequence: "unrecoverable", because: "its disk is deleted with it" },
    ],
  },
  ...alike("aws_efs_file_system aws_mq_broker aws_msk_cluster aws_keyspaces_table", {
    stateful: true,
    destroy: [GONE],
  }),
  ...alike("aws_fsx_lustre_file_system aws_fsx_windows_file_system aws_fsx_openzfs_file_system", {
    stateful: true,
    destroy: [
      {
        when: { skip_final_backup: false },
        consequence: "recoverable from backup",
        because: "a final backup is taken",
      },
      GONE,
    ],
  }),
  ...alike("aws_opensearch_domain aws_elasticsearch_domain", {
    stateful: true,
    destroy: [GONE],
    update: UPGRADE,
  }),
  aws_kms_key: {
    stateful: true,
    destroy: [
      {
        when: { deletion_window_in_days: { atLeast: 7 } },
        consequence: "recoverable with effort",
        because:
          "its deletion can be cancelled until the window is over; then all that it encrypts is lost",
      },
      { consequence: "needs review", because: "what it encrypts is lost with it" },
    ],
  },
  aws_secretsmanager_secret: {
    stateful: true,
    destroy: [
      {
        when: { recovery_window_in_days: { atLeast: 1 } },
        consequence: "recoverable with effort",
        because: "it can be restored until the window is over",
      },
      {
        consequence: "unrecoverable",
        because: "it is deleted at once, without a window to restore it in",
      },
    ],
  },
  ...alike("aws_secretsmanager_secret_version aws_ssm_parameter aws_iam_access_key", {
    stateful: true,
    destroy: [{ consequence: "unrecoverable", because: "its value cannot be read back" }],
    update: [
      { attribute: "value", consequence: "needs review", because: "what was there is overwritten" },
      {
        attribute: "secret_string",
        consequence: "needs review",
        because: "another value becomes current",
      },
    ],
  }),
  aws_route53_zone: {
    stateful: true,
    destroy: [
      {
        when: { force_destroy: false },
        consequence: "recoverable with effort",
        because: "made again it has other name servers: the registrar must be told",
      },
      {
        consequence: "unrecoverable",
        because: "records that Terraform does not manage are deleted as well",
      },
    ],
  },
  ...alike("aws_sqs_queue aws_kinesis_stream", {
    stateful: true,
    destroy: [{ consequence: "unrecoverable", because: "messages that wait in it are lost" }],
  }),
  aws_cloudwatch_log_group: {
    stateful: true,
    destroy: [
      {
        when: { skip_destroy: true },
        consequence: "recoverable with effort",
        because: "it is left where it is",
      },
      { consequence: "unrecoverable", because: "the logs are deleted with it" },
    ],
  },
  aws_ecr_repository: {
    stateful: true,
    destroy: [
      {
        when: { force_delete: false },
        consequence: "recoverable with effort",
        because: "the API refuses to destroy it unless it is empty",
      },
      { consequence: "unrecoverable", because: "its images are deleted with it" },
    ],
  },
  aws_backup_vault: {
    stateful: true,
    destroy: [
      {
        when: { force_destroy: false },
        consequence: "recoverable with effort",
        because: "the API refuses to destroy it unless it is empty",
      },
      { consequence: "unrecoverable", because: "the backups in it are deleted with it" },
    ],
  },
  ...alike(
    "aws_db_snapshot aws_db_cluster_snapshot aws_ebs_snapshot aws_ami aws_fsx_backup aws_redshift_snapshot",
    {
      stateful: true,
      destroy: [{ consequence: "unrecoverable", because: "it is a backup itself" }],
    },
  ),
  aws_cognito_user_pool: {
    stateful: true,
    destroy: [
      {
        when: { deletion_protection: "ACTIVE" },
        consequence: "recoverable with effort",
        because: "the API refuses to destroy it while that is on",
      },
      { consequence: "unrecoverable", because: "its users and their passwords are lost" },
    ],
  },
  ...alike("aws_eks_cluster", {
    stateful: true,
    destroy: [
      { consequence: "unrecoverable", because: "what runs in it, and its objects, go with it" },
    ],
    update: [
      { attribute: "version", consequence: "needs review", because: "an upgrade cannot be undone" },
    ],
  }),
};
