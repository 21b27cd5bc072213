// Variables that policy must not hand to commands: what they hold decides which code runs, or with
// which arguments, whatever the command line says that a person or an entry has allowed.

/** A trailing `*` stands for any rest. */
const DANGEROUS: Readonly<Record<string, readonly string[]>> = {
  "it belongs to holdfast itself": ["HOLDFAST_*"],
  "it makes the loader or the C library load other code": [
    "LD_*",
    "DYLD_*",
    "GCONV_PATH",
    "GLIBC_TUNABLES",
    "LOCPATH",
    "NLSPATH",
    "MALLOC_*",
    "OPENSSL_CONF",
    "OPENSSL_ENGINES",
    "OPENSSL_MODULES",
  ],
  "it makes an interpreter run other code": [
    "NODE_*",
    "PYTHON*",
    "PERL5*",
    "PERLLIB",
    "RUBYOPT",
    "RUBYLIB",
    "LUA_*",
    "PHPRC",
    "PHP_INI_SCAN_DIR",
    "PSMODULEPATH",
    "JAVA_TOOL_OPTIONS",
    "_JAVA_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "JAVA_OPTS",
    "CLASSPATH",
    "DOTNET_*",
    "CORECLR_*",
    "COR_*",
  ],
  "it makes a shell run other code": [
    "PATH",
    "BASH_*",
    "BASHOPTS",
    "SHELLOPTS",
    "SHELL",
    "ENV",
    "IFS",
    "PS4",
    "PROMPT_COMMAND",
    "ZDOTDIR",
    "CDPATH",
    "GLOBIGNORE",
  ],
  "it names a program that tools run": [
    "EDITOR",
    "VISUAL",
    "PAGER",
    "BROWSER",
    "LESSOPEN",
    "LESSCLOSE",
    "MANPAGER",
    "GIT_*",
    "SSH_ASKPASS",
    "SUDO_ASKPASS",
    "SUDO_EDITOR",
    "KUBECTL_EXTERNAL_DIFF",
    "KUBE_EDITOR",
    "RUSTC_WRAPPER",
    "RUSTC_WORKSPACE_WRAPPER",
  ],
  "it adds arguments or settings that nobody sees": [
    "TF_CLI_*",
    "MAKEFLAGS",
    "MAKEFILES",
    "GNUMAKEFLAGS",
    "MFLAGS",
    "MAVEN_*",
    "GRADLE_OPTS",
    "GOFLAGS",
    "GOENV",
    "CARGO_*",
    "RUSTFLAGS",
    "NPM_CONFIG_*",
    "ANSIBLE_*",
    "HELM_PLUGINS",
    "CURL_HOME",
    "WGETRC",
  ],
};

/** What the gateway sets itself, or what would make terraform load or reach something else. */
const THE_GATEWAYS: Readonly<Record<string, readonly string[]>> = {
  "the gateway sets it itself": ["KUBECONFIG", "TF_WORKSPACE", "TF_INPUT", "TF_IN_AUTOMATION"],
  "it makes terraform run other providers": [
    ...["TF_DATA_DIR", "TF_REATTACH_PROVIDERS", "TF_PLUGIN_CACHE_*", "TF_PROVIDER_*"],
  ],
  "it makes terraform write down what is secret": ["TF_LOG*"],
};

/** Why a variable of that name must not be passed on: one clause; undefined where nothing is known. */
export function whyDangerous(name: string): string | undefined {
  return whyAmong(DANGEROUS, name);
}

/** Why one must not be passed on by the gateway, besides; undefined where nothing is known. */
export function whyTheGateways(name: string): string | undefined {
  return whyAmong(THE_GATEWAYS, name);
}

function whyAmong(
  table: Readonly<Record<string, readonly string[]>>,
  name: string,
): string | undefined {
  const upper = name.toUpperCase();
  const isMeant = (pattern: string) =>
    pattern.endsWith("*") ? upper.startsWith(pattern.slice(0, -1)) : upper === pattern;
  return Object.entries(table).find(([, patterns]) => patterns.some(isMeant))?.[0];
}

/** Every dangerous name or pattern, with why: for the documentation. */
export function dangerousVariables(): readonly (readonly [
  why: string,
  names: readonly string[],
])[] {
  return Object.entries(DANGEROUS);
}

/** The same, of what the gateway passes on to nothing. */
export function gatewaysVariables(): ReturnType<typeof dangerousVariables> {
  return Object.entries(THE_GATEWAYS);
}
