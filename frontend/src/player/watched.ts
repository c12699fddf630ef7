// What was really on the glass. Only draws are counted, never wishes; the
// result goes into the log and proves display, not attention (law §8.7).

export type Kind = 'play' | 'step' | 'still' | 'page';
export type SoundState = 'on' | 'muted' | 'none';

/** Interval is a stretch really presented. Frame numbers 0-based, page numbers 1-based, both ends shown. */
export interface Interval {
  kind: Kind;
  from: number;
  to: number;
  /** Distinct frames drawn within. */
  presented: number;
  speed: number;
  sound: SoundState;
  visible: boolean;
  wallMs: number;
}

/** How frames come to the glass at the moment. */
export interface Manner {
  kind: Kind;
  speed: number;
  sound: SoundState;
  visible: boolean;
}

/** A still counts once it has stood this long (law §8.7). */
export const STILL_MS = 200;

interface Run extends Manner {
  frames: Set<number>;
  from: number;
  to: number;
  began: number;
  last: number;
  lastFrame: number;
}

/**
 * Watched collects draws into intervals.
 *
 * Frames held shorter than STILL_MS outside play are reported on their own, with
 * their true wallMs, so that a reader can tell them from counted ones: within a
 * step or still interval either every frame stood long enough or none did.
 */
export class Watched {
  private readonly closed: Interval[] = [];
  private run: Run | null = null;
  private manner: Manner = { kind: 'still', speed: 0, sound: 'none', visible: true };
  private still: { n: number; since: number } | null = null;

  /** change starts a new manner of showing and tells whether it is new; the frame on the glass stays there. */
  change(manner: Manner, now: number): boolean {
    if (same(manner, this.manner)) return false;
    this.close(now);
    this.manner = manner;
    if (manner.kind !== 'play' && this.still) this.still = { n: this.still.n, since: now };
    return true;
  }

  /** drawn notes that frame n is on the glass from now on. */
  drawn(n: number, now: number): void {
    if (this.manner.kind === 'play') {
      this.extend(n, now);
      this.still = { n, since: now };
      return;
    }
    if (this.still?.n === n) return;
    this.settle(now);
    this.still = { n, since: now };
  }

  /** gone notes that nothing is on the glass any more. */
  gone(now: number): void {
    this.close(now);
    this.still = null;
  }

  /** take gives what was shown since the last take; what is on the glass goes on. */
  take(now: number): Interval[] {
    this.close(now);
    return this.closed.splice(0);
  }

  /** putBack returns intervals that could not be written, so that they are tried again. */
  putBack(intervals: Interval[]): void {
    this.closed.unshift(...intervals);
  }

  private close(now: number): void {
    if (this.manner.kind === 'play') {
      this.shut(now);
      return;
    }
    this.settle(now);
    this.shut(this.run?.last ?? now);
    if (this.still) this.still = { n: this.still.n, since: now };
  }

  // settle ends the time of the still on the glass.
  private settle(now: number): void {
    if (!this.still || this.manner.kind === 'play') return;
    const { n, since } = this.still;
    if (now <= since) return;
    const long = now - since >= STILL_MS;
    const joins =
      this.run &&
      this.manner.kind === 'step' &&
      long === this.wasLong() &&
      Math.abs(n - this.run.lastFrame) <= 1;
    if (!joins) {
      this.shut(this.run?.last ?? now);
      this.run = {
        ...this.manner,
        frames: new Set(),
        from: n,
        to: n,
        began: since,
        last: since,
        lastFrame: n,
      };
    }
    this.add(n, now);
  }

  private wasLong(): boolean {
    const run = this.run as Run;
    return run.last - run.began >= STILL_MS * run.frames.size;
  }

  private extend(n: number, now: number): void {
    this.run ??= { ...this.manner, frames: new Set(), from: n, to: n, began: now, last: now, lastFrame: n };
    this.add(n, now);
  }

  private add(n: number, now: number): void {
    const run = this.run as Run;
    run.frames.add(n);
    run.from = Math.min(run.from, n);
    run.to = Math.max(run.to, n);
    run.last = now;
    run.lastFrame = n;
  }

  private shut(now: number): void {
    const run = this.run;
    this.run = null;
    if (!run || run.frames.size === 0) return;
    this.closed.push({
      kind: run.kind,
      from: run.from,
      to: run.to,
      presented: run.frames.size,
      speed: run.speed,
      sound: run.sound,
      visible: run.visible,
      wallMs: Math.max(0, Math.round(now - run.began)),
    });
  }
}

const same = (a: Manner, b: Manner) =>
  a.kind === b.kind && a.speed === b.speed && a.sound === b.sound && a.visible === b.visible;

/** nextUnshown is the first frame at or after n that is in no range, wrapping once; null when all are. */
export function nextUnshown(
  ranges: readonly { from: number; to: number }[],
  n: number,
  total: number,
): number | null {
  const free = (from: number) => {
    let at = from;
    for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
      if (range.to < at) continue;
      if (range.from > at) break;
      at = range.to + 1;
    }
    return at < total ? at : null;
  };
  return free(Math.max(0, n)) ?? free(0);
}
/** unshown lists the gaps between ranges. */
export function unshown(
  ranges: readonly { from: number; to: number }[],
  total: number,
): { from: number; to: number }[] {
  const gaps: { from: number; to: number }[] = [];
  let at = 0;
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    if (range.from > at) gaps.push({ from: at, to: range.from - 1 });
    at = Math.max(at, range.to + 1);
  }
  if (at < total) gaps.push({ from: at, to: total - 1 });
  return gaps;
}
