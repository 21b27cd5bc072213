import { linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isLikelySecret } from "../../../src/operations/command/likely-secrets.ts";
import { toShellOperation } from "../../../src/operations/shell/to-operation.ts";
import { isHarmless } from "../../../src/policy/operation.ts";
import { makeYard, type Yard } from "../../support/command-yard.ts";

let yard: Yard;
/** What is outside of the roots. */
let outside: Yard;
beforeAll(() => {
  yard = makeYard();
  outside = makeYard();
  mkdirSync(yard.path("d"));
  mkdirSync(yard.path(".git"));
  mkdirSync(yard.path("kept"));
  for (const name of ["a", "b", "cpuinfo", "f", "d/a", "main.tf", ".env", "x.tfstate", "k.pem"])
    yard.file(name, "text\n");
  for (const name of [".git/config", "kept/a", "-n"]) yard.file(name, "text\n");
  outside.file("secret", "text\n");
  symlinkSync(outside.path("secret"), yard.path("out"));
  symlinkSync(outside.directory, yard.path("outdir"));
  symlinkSync(yard.path("a"), yard.path("in"));
  symlinkSync("/nowhere/at/all", yard.path("dangling"));
  yard.script("ls", "echo not ls");
  symlinkSync("/bin/rm", yard.path("cat"));
});
afterAll(() => {
  yard.close();
  outside.close();
});

async function impactOf(text: string, more: object = {}): Promise<string> {
  const context = yard.context({
    readRoots: [yard.directory],
    keptFromReading: [yard.path("kept")],
    ...more,
  });
  const { operation } = await toShellOperation(text, context);
  expect(isHarmless(operation)).toBe(operation.impact === "read");
  return operation.impact;
}

describe.skipIf(process.platform !== "linux")("what only reads (needs Linux)", () => {
  it.each([
    ...["ls", "ls -la", "ls -l d", "ls --color=never -1 .", "ls -R d", "ls nothere", "ls -- -n"],
    ...[
      "cat a",
      "cat a b",
      "cat -n ./a",
      "cat d/../a",
      "cat in",
      "/bin/cat a",
      "head -n 3 a",
      "head -3 a",
    ],
    ...[
      "tail -n3 a",
      "wc -l a b",
      "grep x a",
      "grep -e x -e y a",
      "grep -in 'x y' a b",
      "sort -u -k 2 a",
    ],
    ...[
      "uniq -c a",
      "cut -d: -f1 a",
      "diff -u a b",
      "cmp a b",
      "sha256sum a",
      "stat a",
      "stat -c %s a",
    ],
    ...["du -sh .", "df -h .", "basename /etc/x", "dirname /a/b", "realpath in", "readlink -f in"],
    ...["date", "date +%s", "date -u -d yesterday", "uname -a", "whoami", "id", "id -u root"],
    ...[
      "find .",
      "find . -name '*.tf' -type f",
      "find d -maxdepth 1 ! -name x -print0",
      "find . \\( -name a -o -name b \\)",
    ],
    ...["c\\at a", "'cat' \"a\"", "cat $'\\x61'", "cat a # a comment", "cat \\\n a"],
  ])("B1: %j", async (text) => {
    expect(await impactOf(text)).toBe("read");
  });

  it.each(["ls azure-docs", "cat cpuinfo", "grep aws f", "grep rm f", "cat nothere-rm"])(
    "row 7: %j is not taken for something worse",
    async (text) => {
      expect(await impactOf(text)).toBe("read");
    },
  );

  it.each([
    ...[
      "find . -delete",
      "find . -exec rm {} \\;",
      "find . -execdir a \\;",
      "find . -ok a \\;",
      "find . -fprint x",
    ],
    ...[
      "find . -fls x",
      "find . -fprintf x y",
      "find -L . -name x",
      "find -H .",
      "find -files0-from a",
    ],
    ...["find . -name", "find . -newer /etc/shadow", "find . -unheard-of", "find . -D exec"],
    ...[
      "sort -o b a",
      "sort -ob a",
      "sort --output=b a",
      "sort --compress-program=sh a",
      "sort -T d a",
    ],
    ...[
      "sort --files0-from=a",
      "sort --comp=sh a",
      "uniq a b",
      "uniq -- a b",
      "tail -f a",
      "tail -F a",
      "tail +1f a",
    ],
    ...[
      "tail --follow a",
      "tail -fn1 a",
      "grep -f a b",
      "grep -r x",
      "grep -R x .",
      "grep -d recurse x .",
      "grep --rec x .",
    ],
    ...[
      "grep x .",
      "grep",
      "cat d",
      "diff -r d d",
      "diff d d",
      "diff --from-file=a b",
      "diff -l a b",
      "wc --files0-from=a",
    ],
    ...[
      "sha256sum -c a",
      "date -s 12:00",
      "date --set=now",
      "date 010100002030",
      "date -f a",
      "date -r a",
      "du -X a",
    ],
    ...[
      "ls --unheard-of",
      "ls -L out",
      "cat --hel",
      "cat -Z a",
      "head -c",
      "uname x",
      "nproc x",
      "df --sync",
    ],
    ...[
      "git diff --no-index --output=F a b",
      "git status",
      "jq -n env",
      "jq -n env.X",
      "yq -i .a=1 a",
      "terraform fmt",
    ],
    ...[
      "env",
      "printenv",
      "tee a",
      "awk 1 a",
      "sed -n 1p a",
      "less a",
      "xargs ls",
      "env ls",
      "sudo ls",
      "nice cat a",
    ],
    ...[
      "bash -c ls",
      "python3 -c 1",
      "od a",
      "strings a",
      "file a",
      "which ls",
      "ps",
      "hostname x",
    ],
  ])("row 3: %j is no read", async (text) => {
    expect(await impactOf(text)).not.toBe("read");
  });

  it.each(["lsof", "catx a", "ls.exe", "LS", "lsx", "grepp x a", "./ls", "./cat a"])(
    "row 4, B3: %j is not a program of the table",
    async (text) => {
      expect(await impactOf(text)).not.toBe("read");
    },
  );

  it.each([
    ...[
      "env",
      "echo $SECRET",
      "cat /proc/self/environ",
      "cat /proc/1/environ",
      "grep -a x /proc/$PPID/environ",
    ],
    ...[
      "ls /proc",
      "cat /dev/stdin",
      "cat /sys/x",
      "cat /etc/passwd",
      "cat ../x",
      "cat ..",
      "ls ..",
      "ls /",
      "ls ~",
    ],
    ...[
      "cat out",
      "cat outdir/secret",
      "ls outdir",
      "ls outdir/",
      "cat d/../../x",
      "cat outdir/../x",
      "find outdir",
    ],
    ...[
      "find /",
      "cat dangling",
      "cat dangling/x",
      "cat .env",
      "cat x.tfstate",
      "cat k.pem",
      "cat .git/config",
    ],
    ...[
      "cat ./.git/../.env",
      "grep x .env",
      "wc .env",
      "cat kept/a",
      "ls kept",
      "stat -f /etc",
      "cat ''",
    ],
    ...[
      "cat a out",
      "cat -- a /etc/passwd",
      "head /etc/passwd",
      "grep -- x /etc/passwd",
      "grep -e x /etc/passwd",
    ],
  ])("row 5, B2: %j reads where it may not", async (text) => {
    expect(await impactOf(text)).not.toBe("read");
  });

  it("B2: nothing is a read where no roots are given", async () => {
    expect(await impactOf("ls", { readRoots: [] })).toBe("unknown");
    expect(await impactOf("cat a", { readRoots: [outside.directory] })).toBe("unknown");
    expect((await yard.resolve(["ls"])).operation.impact).toBe("unknown");
  });

  it("B3: not by what is found first on PATH, where the agent could have put it", async () => {
    const env = { PATH: `${yard.directory}:/usr/bin:/bin`, HOME: yard.directory };
    expect(await impactOf("ls", { env })).not.toBe("read");
    expect(await impactOf("cat a", { env })).toBe("destroy");
  });

  it("B2: a hidden second name of a file outside is the residue: the root holds it by then", async () => {
    linkSync(outside.path("secret"), yard.path("hard"));
    expect(await impactOf("cat hard")).toBe("read");
  });

  it("C1: it is the same operation each time, with the same digest", async () => {
    const context = yard.context({ readRoots: [yard.directory] });
    const [one, other] = await Promise.all([
      toShellOperation("cat  a", context),
      toShellOperation("cat 'a'", context),
    ]);
    expect(other.operation).toEqual(one.operation);
    writeFileSync(yard.path("a"), "other\n");
    expect((await toShellOperation("cat a", context)).operation).toEqual(one.operation);
  });
});

describe("likely secrets", () => {
  it.each(
    `.env .env.local prod.env tfplan tfplan.out plan.out dev.plan a/.ssh/x .aws/credentials .kube/config x.tfstate x.tfstate.backup
    prod.tfvars a.auto.tfvars.json id_rsa id_ed25519.pub server.key cert.pem .netrc .npmrc .git/config
    .config/holdfast/x .config/gcloud/y credentials credentials.json secrets.yaml my-secret.yml
    kubeconfig service-account.json .bash_history .ENV X.PEM token auth.json .docker/config.json`.split(
      /\s+/,
    ),
  )("%s", (path) => expect(isLikelySecret(path)).toBe(true));

  it.each(
    "main.tf README.md src/environment.ts azure-docs cpuinfo keyboard.md idx tokens.ts.md holdfast/src a.envelope".split(
      " ",
    ),
  )("not %s", (path) => expect(isLikelySecret(path)).toBe(false));
});
