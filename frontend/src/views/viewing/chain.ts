// One activity in several recordings: which comes next, and what is missing between.
import type { ArchiveRecord } from '@/api/types';

export interface Neighbour {
  record: ArchiveRecord;
  /** Seconds between the end of one and the start of the other; null when a clock is unknown. */
  gap: number | null;
}

/** neighbours gives the segments before and after a record of a chain. */
export function neighbours(
  segments: readonly ArchiveRecord[],
  id: string,
): { before: Neighbour | null; after: Neighbour | null } {
  const at = segments.findIndex((each) => each.id === id);
  const here = segments[at];
  if (!here) return { before: null, after: null };
  const [before, after] = [segments[at - 1], segments[at + 1]];
  return {
    before: before ? { record: before, gap: gapBetween(before, here) } : null,
    after: after ? { record: after, gap: gapBetween(here, after) } : null,
  };
}

function gapBetween(first: ArchiveRecord, second: ArchiveRecord): number | null {
  const [a, b] = [Date.parse(first.startedAt), Date.parse(second.startedAt)];
  if (Number.isNaN(a) || Number.isNaN(b)) return null;
  return Math.max(0, (b - a) / 1000 - first.duration);
}
