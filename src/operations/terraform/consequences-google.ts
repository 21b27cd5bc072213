// What can be got back of Google Cloud's types.

import { alike, type Case, LINK, type RuleTable, SETTINGS } from "./consequences-case.ts";

const GONE: Case = {
  consequence: "unrecoverable",
  because: "nothing is left to restore what it held from",
};

const REFUSED: Case = {
  when: { deletion_protection: true },
  consequence: "recoverable with effort",
  because: "it is not destroyed while that is on",
};

const WHOLE_POLICY = "it replaces whatever policy is there, for everybody";

export const GOOGLE: RuleTable = {
  google_sql_database_instance: {
    stateful: true,
    destroy: [
      REFUSED,
      {
        when: { "settings.0.deletion_protection_enabled": true },
        consequence: "recoverable with effort",
        because: "the API refuses to destroy it while that is on",
      },
      { consequence: "unrecoverable", because: "its automated backups are deleted with it" },
    ],
    update: [
      {
        attribute: "database_version",
        consequence: "needs review",
        because: "an upgrade cannot be undone",
      },
    ],
  },
  google_sql_database: {
    stateful: true,
    destroy: [
      {
        when: { deletion_policy: "ABANDON" },
        consequence: "recoverable with effort",
        because: "it is left where it is",
      },
      {
        consequence: "needs review",
        because: "only the instance's backups tell what can be restored",
      },
    ],
  },
  ...alike("google_spanner_instance google_bigtable_instance google_alloydb_cluster", {
    stateful: true,
    destroy: [REFUSED, GONE],
  }),
  google_spanner_database: { stateful: true, destroy: [REFUSED, GONE] },
  google_bigquery_dataset: {
    stateful: true,
    destroy: [
      {
        when: { delete_contents_on_destroy: false },
        consequence: "recoverable with effort",
        because: "the API refuses to destroy it unless it is empty",
      },
      { consequence: "unrecoverable", because: "its tables are deleted with it" },
    ],
  },
  google_bigquery_table: { stateful: true, destroy: [REFUSED, GONE] },
  google_firestore_database: {
    stateful: true,
    destroy: [
      {
        when: { delete_protection_state: "DELETE_PROTECTION_ENABLED" },
        consequence: "recoverable with effort",
        because: "the API refuses to destroy it while that is on",
      },
      GONE,
    ],
  },
  google_storage_bucket: {
    stateful: true,
    destroy: [
      {
        when: { force_destroy: false },
        consequence: "recoverable with effort",
        because:
          "the API refuses to destroy it unless it is empty; its name may be taken meanwhile",
      },
      { consequence: "unrecoverable", because: "every object in it is deleted first" },
    ],
    update: [
      {
        attribute: "lifecycle_rule",
        consequence: "needs review",
        because: "what it expires is deleted for good",
      },
    ],
  },
  google_storage_bucket_object: {
    stateful: true,
    destroy: [
      {
        consequence: "needs review",
        because: "only the bucket's versioning tells what stays of it",
      },
    ],
    create: {
      consequence: "needs review",
      evidence: ["an object that is there under this name is overwritten"],
    },
  },
  ...alike(
    `google_compute_disk google_compute_region_disk google_filestore_instance google_redis_instance
     google_memcache_instance google_pubsub_subscription`,
    { stateful: true, destroy: [GONE] },
  ),
  google_pubsub_topic: {
    stateful: true,
    destroy: [{ consequence: "unrecoverable", because: "messages that wait in it are lost" }],
  },
  google_compute_instance: {
    stateful: true,
    destroy: [
      REFUSED,
      {
        when: { "boot_disk.0.auto_delete": false },
        consequence: "recoverable with effort",
        because: "its disk stays",
      },
      { consequence: "unrecoverable", because: "its disk is deleted with it" },
    ],
  },
  ...alike("google_compute_snapshot google_compute_image google_gke_backup_backup_plan", {
    stateful: true,
    destroy: [{ consequence: "unrecoverable", because: "it is a backup itself" }],
  }),
  ...alike("google_kms_crypto_key google_kms_crypto_key_version", {
    stateful: true,
    destroy: [
      {
        consequence: "unrecoverable",
        because: "its versions are destroyed, and what they encrypt is lost",
      },
    ],
  }),
  google_kms_key_ring: {
    stateful: true,
    destroy: [
      { consequence: "recoverable with effort", because: "it stays, and can be imported again" },
    ],
  },
  ...alike("google_secret_manager_secret google_secret_manager_secret_version", {
    stateful: true,
    destroy: [{ consequence: "unrecoverable", because: "its values are deleted at once" }],
  }),
  google_service_account_key: {
    stateful: true,
    destroy: [{ consequence: "unrecoverable", because: "its value cannot be read back" }],
  },
  google_dns_managed_zone: {
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
  google_container_cluster: {
    stateful: true,
    destroy: [
      REFUSED,
      { consequence: "unrecoverable", because: "what runs in it, and its objects, go with it" },
    ],
  },
  google_project: {
    stateful: true,
    destroy: [
      {
        when: { deletion_policy: "PREVENT" },
        consequence: "recoverable with effort",
        because: "it is not destroyed while that is set",
      },
      {
        consequence: "needs review",
        because: "everything in it stops; it can be restored for 30 days",
      },
    ],
  },
  ...alike("google_project_iam_policy google_organization_iam_policy google_folder_iam_policy", {
    destroy: [{ consequence: "needs review", because: "it takes everybody's access away" }],
    update: [{ attribute: "policy_data", consequence: "needs review", because: WHOLE_POLICY }],
    create: { consequence: "needs review", evidence: [WHOLE_POLICY] },
  }),
  ...alike(
    `google_project_iam_member google_project_iam_binding google_storage_bucket_iam_member
     google_storage_bucket_iam_binding google_service_account_iam_member google_dns_record_set
     google_compute_firewall google_compute_route google_project_service google_pubsub_topic_iam_member
     google_secret_manager_secret_iam_member google_kms_crypto_key_iam_member
     google_cloud_run_service_iam_member google_compute_attached_disk google_monitoring_alert_policy`,
    LINK,
  ),
  ...alike(
    "google_logging_project_sink google_compute_resource_policy google_storage_bucket_access_control",
    {
      destroy: [{ consequence: "needs review", because: "it protects or records something else" }],
    },
  ),
  ...alike(
    `google_compute_network google_compute_subnetwork google_compute_address google_compute_router
     google_compute_router_nat google_compute_instance_template google_compute_instance_group_manager
     google_compute_backend_service google_compute_url_map google_compute_global_forwarding_rule
     google_container_node_pool google_cloud_run_service google_cloud_run_v2_service
     google_cloudfunctions_function google_cloudfunctions2_function google_service_account
     google_compute_health_check google_compute_global_address google_artifact_registry_repository_iam_member`,
    SETTINGS,
  ),
  google_artifact_registry_repository: {
    stateful: true,
    destroy: [
      { consequence: "unrecoverable", because: "what was published to it is deleted with it" },
    ],
  },
};
