// What can be got back of AWS's types. From the provider's and the services' documentation.

import {
  alike,
  type Case,
  LINK,
  type RuleTable,
  SETTINGS,
  type Touch,
} from "./consequences-case.ts";

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

export const AWS: RuleTable = {
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
  ...alike("aws_eip aws_acm_certificate aws_key_pair aws_cloudfront_distribution", SETTINGS),
  ...alike("aws_cloudtrail aws_guardduty_detector aws_config_configuration_recorder aws_flow_log", {
    destroy: [
      {
        consequence: "unrecoverable",
        because: "what happens until it is back is recorded nowhere",
      },
    ],
  }),
  ...alike(
    "aws_iam_user aws_iam_role aws_iam_group aws_iam_policy aws_iam_instance_profile",
    SETTINGS,
  ),
  ...alike(
    `aws_iam_role_policy_attachment aws_iam_user_policy_attachment aws_iam_group_policy_attachment
     aws_iam_group_membership aws_iam_user_group_membership aws_iam_role_policy aws_iam_user_policy
     aws_iam_group_policy aws_s3_bucket_policy aws_sqs_queue_policy aws_sns_topic_policy aws_kms_alias
     aws_kms_grant aws_route53_record aws_route aws_route_table_association aws_security_group_rule
     aws_vpc_security_group_ingress_rule aws_vpc_security_group_egress_rule aws_lambda_permission
     aws_lb_target_group_attachment aws_lb_listener_rule aws_volume_attachment aws_eip_association
     aws_autoscaling_policy aws_autoscaling_attachment aws_appautoscaling_policy
     aws_appautoscaling_target aws_cloudwatch_metric_alarm aws_cloudwatch_event_rule
     aws_cloudwatch_event_target aws_cloudwatch_log_metric_filter aws_cloudwatch_dashboard
     aws_sns_topic_subscription aws_s3_bucket_notification aws_s3_bucket_cors_configuration
     aws_s3_bucket_website_configuration aws_iam_account_alias aws_ecr_repository_policy
     aws_main_route_table_association aws_network_acl_rule aws_internet_gateway_attachment
     aws_lambda_alias aws_lambda_event_source_mapping aws_resourcegroups_group aws_acm_certificate_validation`,
    LINK,
  ),
  // What protects something else: without it nothing is lost yet.
  ...alike(
    `aws_s3_bucket_versioning aws_s3_bucket_public_access_block aws_s3_account_public_access_block
     aws_s3_bucket_server_side_encryption_configuration aws_s3_bucket_object_lock_configuration
     aws_s3_bucket_replication_configuration aws_s3_bucket_ownership_controls aws_s3_bucket_logging
     aws_backup_plan aws_backup_selection aws_backup_vault_policy aws_dlm_lifecycle_policy
     aws_backup_vault_lock_configuration aws_ebs_encryption_by_default aws_organizations_policy
     aws_organizations_policy_attachment aws_iam_account_password_policy aws_wafv2_web_acl_association`,
    {
      destroy: [
        {
          consequence: "needs review",
          because: "it protects something else, which stays unprotected",
        },
      ],
    },
  ),
  aws_s3_bucket_acl: LINK,
  ...alike(
    `aws_vpc aws_subnet aws_route_table aws_internet_gateway aws_nat_gateway aws_security_group
     aws_network_acl aws_vpc_endpoint aws_vpc_peering_connection aws_network_interface aws_lb aws_alb
     aws_lb_listener aws_lb_target_group aws_launch_template aws_launch_configuration
     aws_autoscaling_group aws_ecs_cluster aws_ecs_service aws_ecs_task_definition aws_eks_node_group
     aws_eks_addon aws_lambda_function aws_lambda_layer_version aws_api_gateway_rest_api
     aws_apigatewayv2_api aws_sns_topic aws_db_subnet_group aws_db_parameter_group
     aws_rds_cluster_parameter_group aws_elasticache_subnet_group aws_sfn_state_machine
     aws_codebuild_project aws_codepipeline aws_wafv2_web_acl aws_iam_openid_connect_provider
     aws_rds_cluster_instance aws_vpc_dhcp_options aws_placement_group aws_batch_job_definition
     aws_glue_job aws_transfer_server`,
    SETTINGS,
  ),
};
