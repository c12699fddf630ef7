// A recording of sound alone has no frames. The player runs on a grid of tenths
// of a second instead; the desk counts such a recording in milliseconds.

interface Range {
  from: number;
  to: number;
}

/** One place of the grid, in milliseconds. */
export const STEP_MS = 100;

/** grid gives the start of every place, in seconds; at least one. */
export const grid = (duration: number): number[] =>
  Array.from({ length: Math.max(1, Math.ceil((duration * 1000) / STEP_MS)) }, (_, n) => (n * STEP_MS) / 1000);

/** heard turns what was played on the grid into milliseconds, both ends included. Rest is silence and left out. */
export const heard = <I extends Range & { kind: string; presented: number }>(
  intervals: readonly I[],
  duration: number,
): I[] => {
  const last = Math.max(0, Math.ceil(duration * 1000) - 1);
  return intervals
    .filter((each) => each.kind === 'play')
    .map((each) => {
      const from = each.from * STEP_MS;
      const to = Math.min(last, (each.to + 1) * STEP_MS - 1);
      return { ...each, from, to, presented: Math.min(to - from + 1, each.presented * STEP_MS) };
    });
};

/** noteOnGrid turns a note at milliseconds into places of the grid; noteInMs is its way back. */
export const noteOnGrid = <N extends { frame: number; frameTo: number }>(note: N): N => ({
  ...note,
  frame: Math.floor(note.frame / STEP_MS),
  frameTo: Math.floor(note.frameTo / STEP_MS),
});
export const noteInMs = <N extends { frame: number; frameTo: number }>(note: N): N => ({
  ...note,
  frame: note.frame * STEP_MS,
  frameTo: note.frameTo * STEP_MS,
});

/** onGrid turns a coverage in milliseconds into places of the grid; a place counts only when all of it does. */
export function onGrid<C extends { ranges: Range[]; fast: Range[]; total: number }>(coverage: C): C {
  const place = (range: Range) => ({
    from: Math.ceil(range.from / STEP_MS),
    // The last place may be cut short by the end of the recording.
    to:
      range.to + 1 >= coverage.total
        ? Math.ceil(coverage.total / STEP_MS) - 1
        : Math.floor((range.to + 1) / STEP_MS) - 1,
  });
  const whole = (range: Range) => range.to >= range.from;
  return {
    ...coverage,
    ranges: coverage.ranges.map(place).filter(whole),
    fast: coverage.fast.map(place).filter(whole),
  };
}
