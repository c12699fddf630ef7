// Recordings of one activity on one line of real time: segments, the gaps
// between them, and where they overlap. Seconds count from the first segment's
// first frame, by the device's clock.

/** Part is what is known of a recording of the chain. */
export interface Part {
  id: string;
  title: string;
  /** RFC 3339, device clock at the first frame; "" when unknown. */
  startedAt: string;
  duration: number;
}

export interface Segment {
  id: string;
  title: string;
  /** 1-based. */
  number: number;
  from: number;
  to: number;
}

/** Seam lies between two segments: a gap (seconds > 0 are missing) or an overlap (shot twice). */
export interface Seam {
  kind: 'gap' | 'overlap';
  from: number;
  to: number;
  seconds: number;
  /** Number of the segment before it. */
  after: number;
}

export interface Chain {
  segments: Segment[];
  seams: Seam[];
  duration: number;
  /** Epoch seconds of second 0 by the device's clock; NaN when a clock is unknown. */
  origin: number;
  /** False when a clock is unknown: the segments then stand end to end. */
  timed: boolean;
}

/** Shorter than this is the container's rounding, not a gap (s). */
const TOLERANCE = 0.2;

/** chainOf lays recordings out in real time, in the order given. */
export function chainOf(parts: readonly Part[]): Chain {
  const starts = parts.map((part) => Date.parse(part.startedAt) / 1000);
  const timed = parts.length > 0 && starts.every((start) => !Number.isNaN(start));
  const origin = timed ? Math.min(...starts) : Number.NaN;
  let end = 0;
  const segments = parts.map((part, i) => {
    const from = timed ? (starts[i] as number) - origin : end;
    end = from + part.duration;
    return { id: part.id, title: part.title, number: i + 1, from, to: end };
  });
  const seams: Seam[] = [];
  if (timed) {
    segments.slice(1).forEach((segment, i) => {
      const before = segments[i] as Segment;
      const seconds = segment.from - before.to;
      if (seconds > TOLERANCE)
        seams.push({ kind: 'gap', from: before.to, to: segment.from, seconds, after: before.number });
      if (seconds < -TOLERANCE)
        seams.push({
          kind: 'overlap',
          from: segment.from,
          to: Math.min(before.to, segment.to),
          seconds: -seconds,
          after: before.number,
        });
    });
  }
  return { segments, seams, duration: Math.max(0, ...segments.map((each) => each.to)), origin, timed };
}

/** nextOf is the segment that follows, null after the last. */
export function nextOf(chain: Chain, id: string): Segment | null {
  const at = chain.segments.findIndex((each) => each.id === id);
  return at < 0 ? null : (chain.segments[at + 1] ?? null);
}

/** seamAfter is the gap or overlap between a segment and the next. */
export const seamAfter = (chain: Chain, number: number): Seam | null =>
  chain.seams.find((each) => each.after === number) ?? null;

/**
 * segmentAt is the segment that shows an instant of the chain; of two that do,
 * `prefer` or the later one. In a gap it is null: nothing was recorded.
 */
export function segmentAt(chain: Chain, seconds: number, prefer = ''): Segment | null {
  const holding = chain.segments.filter((each) => seconds >= each.from - 1e-6 && seconds < each.to);
  return holding.find((each) => each.id === prefer) ?? holding.at(-1) ?? null;
}

/**
 * secondsOfDay turns a time of day at the scene (seconds since midnight in
 * Beijing, corrected clock) into seconds of the chain; null outside a day of it.
 */
export function secondsOfDay(chain: Chain, ofDay: number, offset: number): number | null {
  if (!chain.timed) return null;
  const begin = (((chain.origin + offset + 8 * 3600) % 86400) + 86400) % 86400;
  const after = ofDay - begin;
  const seconds = after < -43200 ? after + 86400 : after;
  return seconds < 0 || seconds > chain.duration ? null : seconds;
}
