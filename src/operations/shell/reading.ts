// What shell text comes to: the words of one plain command, or a script that only a shell can run.

/** One simple command found in a script, as its words; the first may be a marker (markers.ts). */
export type InnerCommand = readonly string[];

export type ShellReading =
  /** Bash would run exactly this program, with exactly these arguments, and do nothing else. */
  | { readonly kind: "argv"; readonly argv: readonly string[] }
  | {
      readonly kind: "script";
      /** What in it needs a shell: one clause for people. */
      readonly because: string;
      /** The simple commands found in it, however deep: for rules that are stricter, never to trust. */
      readonly within: readonly InnerCommand[];
    };
