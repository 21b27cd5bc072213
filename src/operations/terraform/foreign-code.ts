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

import { existsSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { RootModule } from "./root-module.ts";
import { smallText } from "./small-file.ts";

/**
 * Providers that read from the API of whatever they are for, and do nothing else at plan. archive is
 * none of them: it reads any file, and writes its archive over any other, while a plan is made.
 */
const KNOWN_PROVIDERS: ReadonlySet<string> = new Set(
  `aws awscc azuread azurerm cloudinit consul dns google google-beta helm kubernetes nomad
   null random tfe time tls vault`
    .split(/\s+/)
    .map((name) => `hashicorp/${name}`),
);

const FILE_FUNCTION =
  /\b(?:file(?:base64(?:sha256|sha512)?|md5|sha1|sha256|sha512|set|exists)?|templatefile|pathexpand)\b(?=\s*(?:\(|\/\*|\/\/|#))/g;

/** A literal path below the module's own directory or the working directory. */
const OWN_FILE =
  /^\s*\(\s*"(?:\$\{path\.(?:module|root|cwd)\}\/|\.\/)?(?!\/|~)((?:(?!\.\.)[^"\\$%])*)"\s*[,)]/;

/** What is not looked through as the rest of the module is, so that anything may be there. */
const NOT_LOOKED_THROUGH =
  /(?:^|\/)(?:\.git|\.terraform|terraform\.tfstate[^/]*|\.[^/]*\.lock\.info)(?:\/|$)/i;

const WORDS: readonly (readonly [pattern: RegExp, reason: string])[] = [
  // Any name could be written with one.
  [/\\u[0-9a-f]{4}/i, "has an escaped character, which could spell any name"],
  [/(?<!local-|remote-)\bexec\b/, "has a program run for a provider's credentials (exec)"],
  [
    /\b(?:credential_process|shared_config_files?|shared_credentials_files?|custom_ca_bundle|dev_overrides|credentials_helper|local_exec)\b/,
    "names a file or a program of its own for credentials or providers",
  ],
  [
    /\b(?:config_paths?|credential_source|(?:repository|registry)_config_path|\w*token_file(?:_path)?|client_(?:certificate|id|secret)(?:_file)?_path)\b/,
    "names a file that a provider takes credentials from, or a program that makes them",
  ],
  [/\b(?:plugins_path|postrender|binary_path)\b/, "names a program that a provider runs"],
  [/\baws_lambda_invocation\b/, "runs a function while it is planned (aws_lambda_invocation)"],
  [
    /\bephemeral\b(?!\s*=|"\s*:\s*(?:true|false))/,
    "has an ephemeral resource, which is made while it is planned",
  ],
  [
    /\b(?:terraform_remote_state|tfe_outputs)\b/,
    "reads another state (terraform_remote_state, tfe_outputs)",
  ],
];

/** The first reason, with the file; undefined: there is none. */
export function whyPlanIsForeign({ directory, texts, linksOut }: RootModule): string | undefined {
  for (const [file, text] of texts) {
    const why = isLock(file) ? unknownProvider(text) : whyText(text, [directory, dirname(file)]);
    if (why !== undefined) return `${file} ${why}`;
  }
  const [link] = linksOut;
  return link === undefined ? undefined : `${link} is a link out of the root module`;
}

const isLock = (file: string): boolean => basename(file) === ".terraform.lock.hcl";

function unknownProvider(lock: string): string | undefined {
  const written = lock.match(/\bprovider\b/g) ?? [];
  const read = lock.match(/^\s*provider\s+"[^"]*"/gm) ?? [];
  if (written.length !== read.length) return "is not as terraform writes it";
  for (const [, source = ""] of lock.matchAll(/^\s*provider\s+"([^"]*)"/gm)) {
    const [type, namespace, ...host] = source.split("/").reverse();
    if (host.length === 1 && KNOWN_PROVIDERS.has(`${namespace}/${type}`)) continue;
    return `has a provider that is not known to be harmless (${source})`;
  }
  return undefined;
}

/** @param bases where a path of it may begin */
function whyText(text: string, bases: readonly string[]): string | undefined {
  const word = WORDS.find(([pattern]) => pattern.test(text));
  return word === undefined ? whyFiles(text, bases) : word[1];
}

function whyFiles(text: string, bases: readonly string[]): string | undefined {
  for (const match of text.matchAll(FILE_FUNCTION)) {
    const rest = text.slice(match.index + match[0].length, match.index + match[0].length + 512);
    const path = OWN_FILE.exec(rest)?.[1];
    if (path === undefined || NOT_LOOKED_THROUGH.test(path))
      return `may read a file that is not the module's (${match[0]})`;
    const why = match[0] === "templatefile" ? whyTemplate(path, bases) : undefined;
    if (why !== undefined) return why;
  }
  return undefined;
}

/** A template calls functions, too. What it is, terraform finds at one of the bases. */
function whyTemplate(path: string, bases: readonly string[]): string | undefined {
  const there = [...new Set(bases.map((each) => resolve(each, path)))].filter((each) =>
    existsSync(each),
  );
  const found = there.map(smallText);
  if (found.length === 0 || found.includes(undefined))
    return `has a template that cannot be looked through (${path})`;
  // One template cannot call another.
  const isForeign = found.some(
    (text = "") => /\btemplatefile\b/.test(text) || whyFiles(text, []) !== undefined,
  );
  return isForeign ? `has a template that may read a file that is not the module's` : undefined;
}
