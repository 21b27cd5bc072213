// Programs that only read, and which of their options are known to change nothing about that.
//
// The options are GNU's. What is missing is missing on purpose: what follows (`tail -f`), what follows
// links or goes down directories with an eye on contents (`grep -r`, `diff -r`, `find -L`), what takes
// the names of files from a file (`--files0-from`, `sha256sum -c`, `grep -f`), what writes (`sort -o`),
// what runs (`sort --compress-program`). git is missing whole: its configuration, which is in the
// repository, runs programs. So is jq: it prints its environment.

/** What the words that are no options are. */
export type Operands =
  /** Files that are opened: regular ones, no directories. */
  | "contents"
  /** Files and directories whose names, sizes and times are shown. */
  | "names"
  /** `names`, and the directory that it runs in where there are none. */
  | "names-or-here"
  /** No files. */
  | "text"
  | "none"
  /** `+FORMAT` only: anything else sets the clock. */
  | "format";

export interface Reader {
  /** Letters that stand alone, and letters that take a value. */
  readonly flags?: string;
  readonly values?: string;
  /** Long names, separated by blanks; those of `longFlags` may have a value after `=`. */
  readonly longFlags?: string;
  readonly longValues?: string;
  /** Whole options that are neither. */
  readonly also?: RegExp;
  readonly operands: Operands;
  readonly most?: number;
  /** Options without which the first operand is a pattern, not a file. */
  readonly patternOptions?: readonly string[];
}

const NUMBER = /^-\d+$/;

const SUM: Reader = { flags: "btz", longFlags: "binary text zero tag", operands: "contents" };

export const READERS: Readonly<Record<string, Reader>> = {
  ls: {
    flags: "aAbBcCdfFgGhiklmnNopqQrRsStuUvxXZ1",
    values: "ITw",
    longFlags: `all almost-all author escape ignore-backups directory classify color human-readable si
      inode kibibytes numeric-uid-gid literal no-group reverse recursive size full-time zero context
      group-directories-first file-type show-control-chars hide-control-chars quote-name`,
    longValues: `block-size format hide indicator-style ignore quoting-style sort time time-style
      tabsize width`,
    operands: "names-or-here",
  },
  cat: {
    flags: "AbeEnstTuv",
    longFlags: `show-all number-nonblank show-ends number squeeze-blank show-tabs show-nonprinting`,
    operands: "contents",
  },
  head: {
    flags: "qvz",
    values: "cn",
    longFlags: "quiet silent verbose zero-terminated",
    longValues: "bytes lines",
    also: NUMBER,
    operands: "contents",
  },
  tail: {
    flags: "qvz",
    values: "cn",
    longFlags: "quiet silent verbose zero-terminated",
    longValues: "bytes lines",
    also: NUMBER,
    operands: "contents",
  },
  wc: {
    flags: "clmLw",
    longFlags: "bytes chars lines max-line-length words",
    longValues: "total",
    operands: "contents",
  },
  nl: { flags: "p", values: "bdfhilnsvw", operands: "contents" },
  tac: { flags: "br", values: "s", operands: "contents" },
  grep: {
    flags: "EFGPiyvwxcLlqsbHhnTUZzoa",
    values: "eABCm",
    longFlags: `extended-regexp fixed-strings basic-regexp perl-regexp ignore-case no-ignore-case
      invert-match word-regexp line-regexp count files-without-match files-with-matches quiet silent
      no-messages byte-offset with-filename no-filename line-number initial-tab null null-data
      only-matching text line-buffered color colour`,
    longValues: "regexp after-context before-context context max-count label binary-files",
    also: NUMBER,
    operands: "contents",
    patternOptions: ["e", "regexp"],
  },
  sort: {
    flags: "bdfgiMhnRrVcCmsuz",
    values: "kt",
    longFlags: `ignore-leading-blanks dictionary-order ignore-case general-numeric-sort
      ignore-nonprinting month-sort human-numeric-sort numeric-sort random-sort reverse version-sort
      check merge stable unique zero-terminated`,
    longValues: "key field-separator sort",
    operands: "contents",
  },
  // A second operand is what it writes to.
  uniq: {
    flags: "cdDiuz",
    values: "fsw",
    longFlags: "count repeated all-repeated group ignore-case unique zero-terminated",
    longValues: "skip-fields skip-chars check-chars",
    operands: "contents",
    most: 1,
  },
  cut: {
    flags: "nsz",
    values: "bcdf",
    longFlags: "complement only-delimited zero-terminated",
    longValues: "bytes characters delimiter fields output-delimiter",
    operands: "contents",
  },
  comm: { flags: "123z", longFlags: "check-order nocheck-order", operands: "contents", most: 2 },
  diff: {
    flags: "abBcdeEfinNpqstTuwyZ",
    values: "CUWIF",
    longFlags: `normal brief report-identical-files context unified ed rcs side-by-side text minimal
      ignore-case ignore-all-space ignore-space-change ignore-blank-lines new-file strip-trailing-cr
      color show-c-function`,
    longValues: "width ignore-matching-lines label",
    operands: "contents",
    most: 2,
  },
  cmp: {
    flags: "bls",
    values: "in",
    longFlags: "print-bytes verbose quiet silent",
    longValues: "bytes ignore-initial",
    operands: "contents",
    most: 2,
  },
  md5sum: SUM,
  sha1sum: SUM,
  sha224sum: SUM,
  sha256sum: SUM,
  sha384sum: SUM,
  sha512sum: SUM,
  b2sum: SUM,
  cksum: { operands: "contents" },
  stat: {
    flags: "Lft",
    values: "c",
    longFlags: "dereference file-system terse",
    longValues: "format printf",
    operands: "names",
  },
  du: {
    flags: "0abchklmsSx",
    values: "Bdt",
    longFlags: `all apparent-size bytes total human-readable si summarize one-file-system null
      separate-dirs`,
    longValues: "block-size max-depth threshold exclude time-style",
    operands: "names-or-here",
  },
  df: {
    flags: "ahHiklPT",
    values: "Btx",
    longFlags: "all human-readable si inodes local portability print-type total output",
    longValues: "block-size type exclude-type",
    operands: "names",
  },
  realpath: {
    flags: "emLPsqz",
    longValues: "relative-to relative-base",
    operands: "names",
  },
  readlink: { flags: "femnqsvz", operands: "names" },
  basename: {
    flags: "az",
    values: "s",
    longFlags: "multiple zero",
    longValues: "suffix",
    operands: "text",
  },
  dirname: { flags: "z", longFlags: "zero", operands: "text" },
  date: {
    flags: "uR",
    values: "d",
    longFlags: "utc universal rfc-email iso-8601",
    longValues: "date rfc-3339",
    also: /^-I(?:date|hours|minutes|seconds|ns)?$/,
    operands: "format",
    most: 1,
  },
  uname: {
    flags: "asnrvmpio",
    longFlags: `all kernel-name nodename kernel-release kernel-version machine processor
      hardware-platform operating-system`,
    operands: "none",
  },
  whoami: { operands: "none" },
  nproc: { longFlags: "all", longValues: "ignore", operands: "none" },
  id: {
    flags: "agGnruz",
    longFlags: "group groups name real user zero",
    operands: "text",
  },
};

const set = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** What `find` may be told: what stands alone, and what takes one word. */
export const FIND_ALONE = set(`
  -print -print0 -ls -empty -depth -mount -xdev -not -o -or -a -and -true -false -nouser -nogroup
  -readable -writable -executable -prune -quit -daystart ! ( ) ,
`);
export const FIND_WITH_WORD = set(`
  -name -iname -path -ipath -wholename -iwholename -regex -iregex -regextype -type -xtype -maxdepth
  -mindepth -size -mtime -atime -ctime -mmin -amin -cmin -perm -user -group -uid -gid -links -inum
  -printf -lname -ilname -fstype -used
`);
