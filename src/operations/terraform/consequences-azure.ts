// What can be got back of Azure's types.

import { alike, type Case, LINK, type RuleTable, SETTINGS } from "./consequences-case.ts";

const GONE: Case = {
  consequence: "unrecoverable",
  because: "nothing is left to restore what it held from",
};

const SOFT: Case = {
  consequence: "needs review",
  because: "only the vault's or the account's soft delete tells whether it can be restored",
};

export const AZURE: RuleTable = {
  ...alike("azurerm_mssql_database azurerm_sql_database", {
    stateful: true,
    destroy: [
      {
        consequence: "recoverable from backup",
        because: "it can be restored from its automated backups while its server stays",
      },
    ],
  }),
  ...alike("azurerm_mssql_server azurerm_sql_server azurerm_mssql_managed_instance", {
    stateful: true,
    destroy: [
      { consequence: "unrecoverable", because: "its databases and their backups go with it" },
    ],
  }),
  ...alike(
    `azurerm_postgresql_flexible_server azurerm_postgresql_server azurerm_mysql_flexible_server
     azurerm_mysql_server azurerm_mariadb_server`,
    {
      stateful: true,
      destroy: [
        {
          consequence: "unrecoverable",
          because: "a restore after deletion is best effort, for a few days",
        },
      ],
      update: [
        {
          attribute: "version",
          consequence: "needs review",
          because: "an upgrade cannot be undone",
        },
      ],
    },
  ),
  azurerm_cosmosdb_account: {
    stateful: true,
    destroy: [
      {
        when: { "backup.0.type": "Continuous" },
        consequence: "recoverable from backup",
        because: "it can be restored to a point in time",
      },
      GONE,
    ],
  },
  azurerm_storage_account: {
    stateful: true,
    destroy: [
      {
        consequence: "needs review",
        because: "a deleted account can be recovered for 14 days, not for sure",
      },
    ],
  },
  ...alike("azurerm_storage_container azurerm_storage_share azurerm_storage_blob", {
    stateful: true,
    destroy: [SOFT],
  }),
  ...alike("azurerm_storage_queue azurerm_storage_table azurerm_servicebus_queue", {
    stateful: true,
    destroy: [GONE],
  }),
  ...alike("azurerm_servicebus_namespace azurerm_eventhub azurerm_eventhub_namespace", {
    stateful: true,
    destroy: [{ consequence: "unrecoverable", because: "messages that wait in it are lost" }],
  }),
  azurerm_key_vault: {
    stateful: true,
    destroy: [
      {
        when: { purge_protection_enabled: true },
        consequence: "recoverable with effort",
        because: "it can be recovered for its retention, and nobody can purge it",
      },
      {
        when: { soft_delete_retention_days: { atLeast: 7 } },
        consequence: "needs review",
        because: "the provider may purge it, unless it was told not to",
      },
      GONE,
    ],
  },
  ...alike("azurerm_key_vault_key azurerm_key_vault_secret azurerm_key_vault_certificate", {
    stateful: true,
    destroy: [SOFT],
    update: [
      { attribute: "value", consequence: "needs review", because: "another value becomes current" },
    ],
  }),
  ...alike("azurerm_managed_disk azurerm_redis_cache azurerm_netapp_volume", {
    stateful: true,
    destroy: [GONE],
  }),
  ...alike(
    "azurerm_virtual_machine azurerm_linux_virtual_machine azurerm_windows_virtual_machine",
    {
      stateful: true,
      destroy: [
        {
          consequence: "needs review",
          because: "the provider may delete its disks, unless it was told not to",
        },
      ],
    },
  ),
  ...alike(
    "azurerm_snapshot azurerm_image azurerm_backup_protected_vm azurerm_backup_container_storage_account",
    {
      stateful: true,
      destroy: [{ consequence: "unrecoverable", because: "it is a backup itself" }],
    },
  ),
  ...alike("azurerm_recovery_services_vault azurerm_data_protection_backup_vault", {
    stateful: true,
    destroy: [
      { consequence: "needs review", because: "only its soft delete tells what stays of it" },
    ],
  }),
  ...alike("azurerm_dns_zone azurerm_private_dns_zone", {
    stateful: true,
    destroy: [
      {
        consequence: "unrecoverable",
        because: "records that Terraform does not manage are deleted as well",
      },
    ],
  }),
  azurerm_resource_group: {
    stateful: true,
    destroy: [
      {
        consequence: "needs review",
        because: "what is in it goes with it, whether Terraform manages it or not",
      },
    ],
  },
  azurerm_kubernetes_cluster: {
    stateful: true,
    destroy: [
      { consequence: "unrecoverable", because: "what runs in it, and its objects, go with it" },
    ],
    update: [
      {
        attribute: "kubernetes_version",
        consequence: "needs review",
        because: "an upgrade cannot be undone",
      },
    ],
  },
  azurerm_container_registry: {
    stateful: true,
    destroy: [{ consequence: "unrecoverable", because: "its images are deleted with it" }],
  },
  azurerm_log_analytics_workspace: {
    stateful: true,
    destroy: [
      { consequence: "recoverable with effort", because: "it can be recovered for 14 days" },
    ],
  },
  azurerm_management_lock: {
    destroy: [{ consequence: "needs review", because: "what it locked can be deleted then" }],
  },
  ...alike(
    "azurerm_monitor_diagnostic_setting azurerm_backup_policy_vm azurerm_policy_assignment",
    {
      destroy: [{ consequence: "needs review", because: "it protects or records something else" }],
    },
  ),
  ...alike(
    `azurerm_role_assignment azurerm_network_security_rule azurerm_dns_a_record azurerm_dns_cname_record
     azurerm_dns_txt_record azurerm_route azurerm_key_vault_access_policy azurerm_mssql_firewall_rule
     azurerm_subnet_network_security_group_association azurerm_subnet_route_table_association
     azurerm_network_interface_security_group_association azurerm_virtual_machine_data_disk_attachment
     azurerm_postgresql_flexible_server_firewall_rule`,
    LINK,
  ),
  ...alike(
    `azurerm_virtual_network azurerm_subnet azurerm_network_security_group azurerm_network_interface
     azurerm_public_ip azurerm_lb azurerm_route_table azurerm_app_service azurerm_linux_web_app
     azurerm_service_plan azurerm_linux_function_app azurerm_application_gateway azurerm_nat_gateway
     azurerm_user_assigned_identity azurerm_role_definition azurerm_kubernetes_cluster_node_pool
     azurerm_application_insights azurerm_container_group`,
    SETTINGS,
  ),
};
