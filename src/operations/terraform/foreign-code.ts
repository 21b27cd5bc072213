// Whether making a plan could run, fetch or read more than the root module's own files and the
// providers that everybody knows. Planning is not harmless by nature: providers are programs, and
// run with the gateway's credentials.
//
// Q1 What is not known to be harmless is a reason: the plan is then of impact unknown, and asks. The
//    text is never understood, only searched for words, comments and all: a word too many asks once
//    too often.
//
// That a provider's file is what its publisher made is the lock file's word, which terraform checks;
// who can write both can still put another there.

import { basename } from "node:path";
import type { RootModule } from "./root-module.ts";

/** Providers that read from the API of whatever they are for, and do nothing else at plan. */
const KNOWN_PROVIDERS: ReadonlySet<string> = new Set(
  `archive aws awscc azuread azurerm cloudinit consul dns google google-beta helm kubernetes nomad
   null random tfe time tls vault`
    .split(/\s+/)
    .map((name) => `hashicorp/${name}`),
);

const FILE_FUNCTION =
  /\b(?:file(?:base64(?:sha256|sha512)?|md5|sha1|sha256|sha512|set|exists)?|templatefile|pathexpand)\b(?=\s*(?:\(|\/\*|\/\/|#))/g;

/** A literal path below the module's own directory or the working directory. */
const OWN_FILE =
  /^\s*\(\s*"(?:\$\{path\.(?:module|root|cwd)\}\/|\.\/)?(?!\/|~)(?:(?!\.\.)[^"\\$%])*"\s*[,)]/;

const WORDS: readonly (readonly [pattern: RegExp, reason: string])[] = [
  // Any name could be written with one.
  [/\\u[0-9a-f]{4}/i, "has an escaped character, which could spell any name"],
  [/(?<!local-|remote-)\bexec\b/, "has a program run for a provider's credentials (exec)"],
  [
    /\b(?:credential_process|shared_config_files?|shared_credentials_files?|custom_ca_bundle|dev_overrides|credentials_helper|local_exec)\b/,
    "names a file or a program of its own for credentials or providers",
  ],
  [/\bterraform_remote_state\b/, "reads another state (terraform_remote_state)"],
];

/** The first reason, with the file; undefined: there is none. */
export function whyPlanIsForeign({ texts, linksOut }: RootModule): string | undefined {
  for (const [file, text] of texts) {
    const why = isLock(file) ? unknownProvider(text) : whyText(text);
    if (why !== undefined) return `${file} ${why}`;
  }
  const [link] = linksOut;
  return link === undefined ? undefined : `${link} is a link out of the root module`;
}

const isLock = (file: string): boolean => basename(file) === ".terraform.lock.hcl";

function unknownProvider(lock: string): string | undefined {
  for (const [, source = ""] of lock.matchAll(/^\s*provider\s+"([^"]*)"/gm)) {
    const [type, namespace, ...host] = source.split("/").reverse();
    if (host.length === 1 && KNOWN_PROVIDERS.has(`${namespace}/${type}`)) continue;
    return `has a provider that is not known to be harmless (${source})`;
  }
  return undefined;
}

function whyText(text: string): string | undefined {
  const word = WORDS.find(([pattern]) => pattern.test(text));
  if (word !== undefined) return word[1];
  for (const match of text.matchAll(FILE_FUNCTION)) {
    const rest = text.slice(match.index + match[0].length, match.index + match[0].length + 512);
    if (!OWN_FILE.test(rest)) return `may read a file that is not the module's (${match[0]})`;
  }
  return undefined;
}
