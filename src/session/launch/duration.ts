// Durations as people type them: 90s, 30m, 8h, 1h30m.

const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const;

/** Parses a duration into milliseconds; undefined when it is none, or zero. */
export function parseDuration(text: string): number | undefined {
  const match = /^(?:(\d{1,3})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,7})s)?$/.exec(text.trim());
  if (match === null || text.trim() === "") return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  const total =
    (days ?? 0) * UNITS.d +
    (hours ?? 0) * UNITS.h +
    (minutes ?? 0) * UNITS.m +
    (seconds ?? 0) * UNITS.s;
  return total > 0 ? total : undefined;
}
