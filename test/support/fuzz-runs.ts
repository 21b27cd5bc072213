// How long property tests try: shortly with the other tests, long in `npm run fuzz`.

/** How many inputs each property is tried with. */
export const FUZZ_RUNS = Number(process.env.HOLDFAST_FUZZ_RUNS ?? 100);

/** As `FUZZ_RUNS`, for a property that costs about `weight` times as much as a plain one; `least` at least. */
export const fuzzRuns = (weight: number, least = 20): number =>
  Math.max(least, Math.round(FUZZ_RUNS / weight));

/** How long a property may take, in milliseconds, that takes at most `ms` for each input. */
export const fuzzTimeout = (ms: number): number => 60_000 + FUZZ_RUNS * ms;
