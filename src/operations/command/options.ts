// Options as programs read them, where many take a long one by any prefix of its name.

/**
 * Whether an argument is one of the long options, whole or cut short, with a value or without.
 *
 * @param names separated by blanks, without their dashes: `force mirror`
 */
export function saysLong(names: string, args: readonly string[]): boolean {
  const known = names.split(" ");
  return args.some((each) => {
    const typed = /^--([a-z][\w-]*)(?:=(.*))?$/s.exec(each);
    if (typed === null || /^(?:false|no)$/.test(typed[2] ?? "")) return false;
    return known.some((name) => name.startsWith(typed[1] ?? name));
  });
}
