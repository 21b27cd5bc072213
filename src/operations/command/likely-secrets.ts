// Files that are likely to hold a secret, by their names. Reading one is no harmless read.

/** One part of a path. */
const LIKELY = new RegExp(
  [
    /^\.env/,
    /\.env$/,
    /\.(?:tfstate|tfvars|tfplan)(?:\..*)?$/,
    // A saved plan has the values of sensitive variables in it.
    /^tfplan|^plan\.(?:out|bin)$|\.plan$/,
    /^\.(?:netrc|npmrc|yarnrc|pypirc|pgpass|my\.cnf|git-credentials|dockercfg|boto|s3cfg)/,
    /^\.(?:terraformrc|terraform\.d|vault-token|htpasswd|aws|azure|kube|ssh|gnupg|docker)$/,
    /^\.(?:password-store|holdfast|hgrc)$/,
    /_history$|^\.histfile$/,
    /^(?:credential|secret|kubeconfig|service[-_]?account|client[-_]secret)s?(?:$|[-_.])/,
    /[-_.](?:credential|secret|kubeconfig)s?(?:\.[a-z]+)?$/,
    /^id_/,
    /\.(?:pem|key|p12|pfx|p8|jks|keystore|kdbx|asc|gpg|ovpn|kubeconfig|ppk)$/,
    /^(?:shadow|gshadow|passwd-?|authorized_keys|known_hosts)$/,
    /^(?:token|tokens|password|passwords|auth)(?:\.[a-z]+)?$/,
    /^terraform\.rc$/,
  ]
    .map((each) => each.source)
    .join("|"),
  "i",
);

/** Only likely below a directory of that name. */
const LIKELY_BELOW: Readonly<Record<string, RegExp>> = {
  ".config": /^(?:holdfast|gcloud|gh|hub|op|sops|rclone|doctl|fly|heroku|configstore)$/i,
  ".git": /^(?:config|credentials?)/i,
  ".terraform": /^(?:terraform\.tfstate|environment)/i,
  ".cargo": /^credentials/i,
  ".gem": /^credentials/i,
};

/** Whether a part of the path, or its end, names what is likely to hold a secret. */
export function isLikelySecret(path: string): boolean {
  const parts = path.split("/").filter((each) => each !== "" && each !== ".");
  return parts.some((part, index) => {
    if (LIKELY.test(part)) return true;
    const above = (parts[index - 1] ?? "").toLowerCase();
    return Object.hasOwn(LIKELY_BELOW, above) && LIKELY_BELOW[above]?.test(part) === true;
  });
}
