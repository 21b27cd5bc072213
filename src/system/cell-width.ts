// How much room text takes on a terminal.

/** How many cells a terminal gives the text: two for wide characters, none for combining marks. */
export function cellWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

function characterWidth(character: string): number {
  if (/^\p{M}$/u.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/**
 * The text in lines of at most `width` cells (at least 2), broken at spaces where there are any.
 * White space at a break is dropped; a line never starts with it.
 */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((each) => each !== "")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (cellWidth(longer) <= width) line = longer;
    else {
      if (line !== "") lines.push(line);
      const pieces = cut(word, width);
      line = pieces.pop() ?? "";
      lines.push(...pieces);
    }
  }
  return line === "" && lines.length > 0 ? lines : [...lines, line];
}

/** The text in pieces of at most `width` cells (at least 2), to the last space. */
export function cut(word: string, width: number): string[] {
  const pieces: string[] = [];
  let piece = "";
  let used = 0;
  for (const character of word) {
    const cells = cellWidth(character);
    if (used + cells > width) {
      pieces.push(piece);
      piece = "";
      used = 0;
    }
    piece += character;
    used += cells;
  }
  return [...pieces, piece];
}
