// Text that others wrote (names from the API, environment values, file names) reaches a terminal
// only through here.
//
// T1 Nothing in it can move the cursor, erase, recolour, reorder or hide: control characters,
//    escape sequences, bidirectional controls, zero-width and other invisible characters, line and
//    paragraph separators and lone surrogates are shown as visible escapes. So is a fourth mark on
//    one letter: piled up, they cover the lines above and below.

const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?<=\p{M}{3})\p{M}/gu;

/** Makes hidden characters visible (`\x1b`, `\u{202e}`); everything else stays as it is. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}

/** As `visible`, but keeps line ends: for text that is meant to have several lines. */
export function visibleLines(text: string): string {
  return text.split(/\r?\n/).map(visible).join("\n");
}
