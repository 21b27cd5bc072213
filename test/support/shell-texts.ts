// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is shell text

// Shell texts at random: a grammar of what is written, of what is hard to read, and mutations of both.

/** Numbers from 0 to 1, the same ones for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Random = () => number;

const PROGRAMS =
  `ls rm cat grep git kubectl terraform curl find aws a b if echo cd test [ time coproc eval
  source . kill ! {} select ./x ../y a/b bin/x %1 true in do - -- -x A=1 a+=2 x[1]=2 function`.split(
    /\s+/,
  );

const PIECES = [
  ..."abcxyz019_-./:=,@+%^~!#*?[]{}()<>|&;$`'\"\\ \t\n".split(""),
  ..."$'\\n' $'\\x41' $'\\101' $'\\u00e9' $'\\cA' $'\\' $'\\x' $'\\0' $'\\xc3\\xa9' $'\\xff' $'\\'' $'a b'".split(
    " ",
  ),
  ...[
    '$"a"',
    '"$x"',
    "$x",
    "${x}y",
    "$(a)",
    "$((1+1))",
    "`a`",
    "<(a)",
    ">(a)",
    "$[1]",
    '"$"',
    '"a$"',
    "$",
    "a$",
  ],
  ...[
    "{a,b}",
    "{1..3}",
    "{}",
    "{",
    "}",
    "~",
    "~/x",
    "a~",
    "~root",
    "=~",
    "a=~",
    ":~",
    "HEAD~1",
    "a*",
    "a?",
    "[a]",
  ],
  ...[
    "!x",
    "!!",
    "\\!",
    '"!"',
    "# c",
    "#",
    "a#b",
    " #x",
    "\\#",
    "''",
    '""',
    "''#",
    '""#x',
    "\\\n",
    "\\\n#",
    "\\ ",
  ],
  ...[
    "<<E\na\nE\n",
    "<<<a",
    ">f",
    "2>&1",
    "&>f",
    "|&",
    "||",
    "&&",
    ";;",
    "\n",
    "\r",
    "\r\n",
    "\0",
    "\x01",
    "\x7f",
  ],
  ...[
    "\u00a0",
    "\u2003",
    "\u3000",
    "\u200b",
    "\ufeff",
    "\u0085",
    "\u2028",
    "é",
    "日",
    "😀",
    "\u0301",
    "\ud800",
    "\ufffd",
  ],
  ...[
    "a=(1 2)",
    "x=1",
    "a+=b",
    "[[",
    "]]",
    "((",
    "))",
    "f()",
    "coproc",
    "time",
    "then",
    "fi",
    "-c",
    "--",
    "-",
  ],
  ...[
    "'a b'",
    "'a\nb'",
    '"a\nb"',
    '"a\\\nb"',
    '"a\\"b"',
    '"a\\$b"',
    '"a\\`b"',
    '"a\\b"',
    "'\\'",
    "'a'\\''b'",
    "a'b'\"c\"d",
  ],
  ...[
    '"$ "',
    '"$|"',
    '"$)"',
    "\"$'a'\"",
    '"`"',
    '"\'"',
    "'\"'",
    "@(a)",
    "+(a)",
    "!(a)",
    "?(a)",
    "{fd}>x",
    "1>x",
  ],
];

const pick = <Each>(from: readonly Each[], random: Random): Each =>
  from[Math.floor(random() * from.length)] as Each;

const PLAIN = "abcdefgh0123456789-_./:=@%+,".split("");

function word(random: Random): string {
  const kind = random();
  if (kind < 0.35)
    return Array.from({ length: 1 + Math.floor(random() * 5) }, () => pick(PLAIN, random)).join("");
  if (kind < 0.5) return `'${inside(random).replaceAll("'", "")}'`;
  if (kind < 0.65) return `"${inside(random).replace(/["$`\\]/g, (each) => `\\${each}`)}"`;
  if (kind < 0.7) return `$'${inside(random).replace(/['\\]/g, (each) => `\\${each}`)}'`;
  return Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(PIECES, random)).join("");
}

function inside(random: Random): string {
  const length = Math.floor(random() * 4);
  return Array.from({ length }, () => pick(random() < 0.5 ? PLAIN : PIECES, random)).join("");
}

function command(random: Random): string {
  const program = random() < 0.75 ? pick(PROGRAMS, random) : word(random);
  const words = Array.from({ length: Math.floor(random() * 4) }, () => word(random));
  return [program, ...words].join(pick([" ", " ", " ", "  ", "\t", " \\\n"], random));
}

function mutated(text: string, random: Random): string {
  const at = Math.floor(random() * (text.length + 1));
  const kind = random();
  if (kind < 0.5) return text.slice(0, at) + pick(PIECES, random) + text.slice(at);
  if (kind < 0.75) return text.slice(0, at) + text.slice(at + 1);
  return text.slice(0, at) + text.slice(Math.max(0, at - 3));
}

/** One text. */
export function shellText(random: Random): string {
  let text = command(random);
  if (random() < 0.1)
    text += pick([";", "|", "&&", "\n", "||", "&", " ; ", "\n#", " #"], random) + command(random);
  if (random() < 0.1) text = pick([" ", "\n", "\t", "# a\n", "\\\n", ";"], random) + text;
  if (random() < 0.1) text += pick([" ", "\n", "\t", " # a", "\\\n", ";", "\n\n", "\\"], random);
  while (random() < 0.3) text = mutated(text, random);
  return text;
}
