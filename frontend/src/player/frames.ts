// Pictures already fetched, bounded by bytes, and who asks for which next.

/** Quality of a picture: JPEG while moving, lossless at rest. */
export type Quality = 'move' | 'rest';

/** Loaded is one picture as it arrived. `bytes` is what it takes in memory once decoded. */
export interface Loaded<P> {
  n: number;
  picture: P;
  bytes: number;
  quality: Quality;
}

/** Cache keeps the most recently used pictures within a number of bytes. */
export class Cache<P> {
  private readonly kept = new Map<number, Loaded<P>>();
  private used = 0;

  constructor(
    private readonly limit: number,
    private readonly release: (picture: P) => void = () => undefined,
  ) {}

  get bytes(): number {
    return this.used;
  }

  get size(): number {
    return this.kept.size;
  }

  /** has tells without touching the order of use. */
  has(n: number): boolean {
    return this.kept.has(n);
  }

  /** get marks the picture as just used. */
  get(n: number): Loaded<P> | undefined {
    const found = this.kept.get(n);
    if (found) {
      this.kept.delete(n);
      this.kept.set(n, found);
    }
    return found;
  }

  /** put takes a picture in; a better one replaces a worse one, never the other way round. */
  put(loaded: Loaded<P>): void {
    const before = this.kept.get(loaded.n);
    if (before?.quality === 'rest' && loaded.quality === 'move') {
      this.release(loaded.picture);
      return;
    }
    if (before) this.drop(before);
    this.kept.set(loaded.n, loaded);
    this.used += loaded.bytes;
    for (const oldest of this.kept.values()) {
      if (this.used <= this.limit || oldest === loaded) break;
      this.drop(oldest);
    }
  }

  clear(): void {
    for (const each of [...this.kept.values()]) this.drop(each);
  }

  private drop(loaded: Loaded<P>): void {
    this.kept.delete(loaded.n);
    this.used -= loaded.bytes;
    this.release(loaded.picture);
  }
}

/**
 * Load fetches one picture. It rejects when the wish was overtaken or the frame
 * cannot be had. `step` is how many frames further the next wish will be.
 */
export type Load<P> = (n: number, quality: Quality, generation: number, step: number) => Promise<Loaded<P>>;

/** Answer is told for every picture that arrived in time. */
export type Answer<P> = (loaded: Loaded<P>) => void;

/**
 * Fetcher asks for pictures and drops what comes too late.
 *
 * A new generation makes every earlier request outdated: the backend is told by
 * the number in the address, and an answer that comes all the same is dropped
 * without a word. Failures of the current generation are reported, once a frame.
 */
export class Fetcher<P> {
  private readonly flying = new Map<string, number>();

  /** `first` must exceed every generation this viewing has used before, for instance a time of day in ms. */
  constructor(
    private readonly load: Load<P>,
    private readonly answer: Answer<P>,
    private readonly failed: (n: number, cause: unknown) => void,
    private readonly release: (picture: P) => void,
    private current: number,
  ) {}

  get generation(): number {
    return this.current;
  }

  /** How many requests of this generation are on their way. */
  get inFlight(): number {
    let count = 0;
    for (const generation of this.flying.values()) if (generation === this.current) count++;
    return count;
  }

  isFlying(n: number, quality: Quality): boolean {
    return this.flying.get(`${n}/${quality}`) === this.current;
  }

  /** supersede makes everything on its way outdated. */
  supersede(): void {
    this.current++;
  }

  /** request asks for a picture unless it is already on its way. */
  request(n: number, quality: Quality, step = 0): void {
    if (this.isFlying(n, quality)) return;
    const key = `${n}/${quality}`;
    const generation = this.current;
    this.flying.set(key, generation);
    const settled = () => {
      if (this.flying.get(key) === generation) this.flying.delete(key);
      return generation === this.current;
    };
    this.load(n, quality, generation, step).then(
      (loaded) => {
        if (settled()) this.answer(loaded);
        else this.release(loaded.picture);
      },
      (cause: unknown) => {
        if (settled()) this.failed(n, cause);
      },
    );
  }
}
