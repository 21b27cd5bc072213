// Counts, lists and times as a card words them.

const SHOWN_NAMES = 5;

/** `1 workspace`, `3 workspaces`. A plural that is not made with an s is given. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`;
}

/** The names, at most five of them, and how many more there are: `a, b and 3 more`. */
export function listed(names: readonly string[], total = names.length): string {
  const shown = names.slice(0, SHOWN_NAMES);
  const more = Math.max(total, names.length) - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}

/** The parts that there are, with commas; undefined when there are none. */
export function joined(
  parts: readonly (string | undefined)[],
  separator = ", ",
): string | undefined {
  const present = parts.filter((part) => part !== undefined && part !== "");
  return present.length === 0 ? undefined : present.join(separator);
}

const STEPS: readonly (readonly [singular: string, seconds: number])[] = [
  ["year", 365 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** `3 hours ago`, `just now`, `in 2 days`; undefined for what is not a time. */
export function relativeTime(timestamp: string | undefined, now: Date): string | undefined {
  const time = timestamp === undefined ? Number.NaN : Date.parse(timestamp);
  const seconds = (now.getTime() - time) / 1000;
  if (!Number.isFinite(seconds)) return undefined;
  const distance = Math.abs(seconds);
  const step = STEPS.find(([, size]) => distance >= size);
  if (step === undefined) return "just now";
  const amount = counted(Math.floor(distance / step[1]), step[0]);
  return seconds > 0 ? `${amount} ago` : `in ${amount}`;
}
