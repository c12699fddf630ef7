// Which pages stood on the screen, and for how long. Half of a page (or a page
// filling half of the screen) for a second counts.
import type { Interval } from '@/api/types';

/** Share of a page that must be in sight. */
export const SEEN_SHARE = 0.5;
/** How long, in ms. */
export const SEEN_MS = 1000;

/** PageWatch keeps account of pages in sight; pages too brief are left out. */
export class PageWatch {
  private readonly since = new Map<number, number>();
  private waiting: Interval[] = [];

  constructor(private readonly now: () => number) {}

  /** see takes what is in sight now: page (1-based) → share. */
  see(shares: ReadonlyMap<number, number>): void {
    const now = this.now();
    for (const [page, since] of [...this.since]) {
      if ((shares.get(page) ?? 0) >= SEEN_SHARE) continue;
      this.since.delete(page);
      this.note(page, now - since);
    }
    for (const [page, share] of shares) {
      if (share >= SEEN_SHARE && !this.since.has(page)) this.since.set(page, now);
    }
  }

  /** take gives what was shown since the last take; pages still in sight go on. */
  take(visible: boolean): Interval[] {
    const now = this.now();
    for (const [page, since] of [...this.since]) {
      if (now - since < SEEN_MS) continue;
      this.note(page, now - since);
      this.since.set(page, now);
    }
    return this.waiting.splice(0).map((interval) => ({ ...interval, visible }));
  }

  putBack(intervals: Interval[]): void {
    this.waiting.unshift(...intervals);
  }

  private note(page: number, ms: number): void {
    if (ms < SEEN_MS) return;
    this.waiting.push({
      kind: 'page',
      from: page,
      to: page,
      presented: 1,
      speed: 0,
      sound: 'none',
      visible: true,
      wallMs: Math.round(ms),
    });
  }
}
