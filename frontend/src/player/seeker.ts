// Brings one frame after another to the glass: asks, keeps, and fetches the
// lossless picture once a person rests.
import { Wish } from './clock';
import { Cache, Fetcher, type Load, type Loaded } from './frames';

/** Stage is what a seeker needs around it. */
export interface Stage<P> {
  after: (ms: number, act: () => void) => () => void;
  load: Load<P>;
  release: (picture: P) => void;
  /** Puts a picture on the glass and keeps account of it. */
  put: (loaded: Loaded<P>) => void;
  failed: (n: number, cause: unknown) => void;
  /** A person has rested on a frame for a while. */
  rested: () => void;
}

const REST_MS = 150;
const LONG_REST_MS = 2000;
const IN_FLIGHT = 3;
const AHEAD = 12;
/** How far back a picture may lie that stands in for one that is late. */
const BEHIND = 24;

export class Seeker<P> {
  readonly cache: Cache<P>;
  private readonly fetcher: Fetcher<P>;
  private readonly wish = new Wish();
  private readonly lost = new Set<number>();
  private stopRest: () => void = () => undefined;
  /** While playing, arriving pictures wait for their time. */
  private waiting = false;

  constructor(
    private readonly stage: Stage<P>,
    private readonly total: number,
    cacheBytes: number,
    generation: number,
  ) {
    this.cache = new Cache<P>(cacheBytes, stage.release);
    this.fetcher = new Fetcher<P>(
      stage.load,
      (loaded) => this.arrived(loaded),
      (n, cause) => this.missed(n, cause),
      stage.release,
      generation,
    );
  }

  /** The frame a person asked for last while not playing. */
  get commanded(): number {
    return this.wish.commanded;
  }

  /** isLost tells that a frame was asked for and cannot be had. */
  isLost(n: number): boolean {
    return this.lost.has(n);
  }

  /** ask brings frame n to the glass as soon as it can be had. */
  ask(n: number, direction: number): void {
    this.stopRest();
    this.waiting = false;
    this.lost.delete(n);
    const cached = this.cache.get(n);
    if (cached) {
      this.wish.drop();
      this.wish.commanded = n;
      this.stage.put(cached);
      this.rest(n, direction);
      return;
    }
    const first = this.wish.want(n);
    if (first !== null) this.fetcher.request(first, 'move');
  }

  /**
   * prefetch keeps a few requests on the way from `due` on, `stride` frames
   * apart. Above one, frames are taken from a fixed grid, so that what was
   * asked for is still wanted when it comes.
   */
  prefetch(due: number, stride: number): void {
    const apart = Math.abs(stride);
    const towards = Math.sign(stride);
    const first = apart <= 1 ? due : (towards > 0 ? Math.ceil(due / apart) : Math.floor(due / apart)) * apart;
    for (let i = 0; i < AHEAD && this.fetcher.inFlight < IN_FLIGHT; i++) {
      const n = first + i * stride;
      if (n < 0 || n >= this.total) break;
      if (!this.cache.has(n) && !this.lost.has(n)) this.fetcher.request(n, 'move', stride);
    }
  }

  /** prefetchOf asks for those of the given frames (ascending) that come next from `due` on. */
  prefetchOf(frames: readonly number[], due: number, direction: number): void {
    const onward = frames.filter((n) => (n - due) * direction >= 0);
    for (const n of direction > 0 ? onward.slice(0, 4) : onward.slice(-4).reverse()) {
      if (this.fetcher.inFlight >= IN_FLIGHT) return;
      if (!this.cache.has(n) && !this.lost.has(n)) this.fetcher.request(n, 'move');
    }
  }

  /** nearest is the due picture, or the closest before it in the direction of play that has arrived. */
  nearest(due: number, direction: number, reach = BEHIND): Loaded<P> | undefined {
    for (let i = 0; i < reach; i++) {
      const found = this.cache.get(due - i * direction);
      if (found) return found;
    }
    return undefined;
  }

  /** turn starts a new generation: what is on its way is outdated. */
  turn(playing: boolean, at?: number): void {
    this.stopRest();
    this.fetcher.supersede();
    this.wish.drop();
    this.waiting = playing;
    if (at !== undefined) this.wish.commanded = at;
  }

  /** clear forgets every picture: the draft, the view or the size has changed. */
  clear(): void {
    this.turn(this.waiting);
    this.cache.clear();
    this.lost.clear();
  }

  private arrived(loaded: Loaded<P>): void {
    this.cache.put(loaded);
    if (this.waiting) return;
    const next = this.wish.settled(loaded.n);
    const current = loaded.n === this.wish.commanded;
    const kept = this.cache.get(loaded.n);
    if (kept && (current || next !== null)) this.stage.put(kept);
    if (next !== null) this.follow(next);
    else if (current && loaded.quality === 'move') this.rest(loaded.n, 1);
  }

  private follow(n: number): void {
    const cached = this.cache.get(n);
    if (!cached) {
      this.fetcher.request(n, 'move');
      return;
    }
    const next = this.wish.settled(n);
    this.stage.put(cached);
    if (next !== null) this.follow(next);
    else this.rest(n, 1);
  }

  private missed(n: number, cause: unknown): void {
    this.lost.add(n);
    this.stage.failed(n, cause);
    const next = this.wish.settled(n);
    if (!this.waiting && next !== null) this.follow(next);
  }

  private rest(n: number, direction: number): void {
    this.stopRest();
    this.stopRest = this.stage.after(REST_MS, () => {
      if (this.cache.get(n)?.quality !== 'rest') this.fetcher.request(n, 'rest');
      for (const near of [n + direction, n + 2 * direction, n - direction]) {
        if (near >= 0 && near < this.total && !this.cache.has(near)) this.fetcher.request(near, 'move');
      }
      this.stopRest = this.stage.after(LONG_REST_MS - REST_MS, () => this.stage.rested());
    });
  }
}
