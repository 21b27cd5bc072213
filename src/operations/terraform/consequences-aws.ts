// What can be got back of AWS's types: here of those that hold nothing but their settings.

import { AWS_DATA } from "./consequences-aws-data.ts";
import { alike, LINK, type RuleTable, SETTINGS } from "./consequences-case.ts";

export const AWS: RuleTable = {
  ...AWS_DATA,
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
