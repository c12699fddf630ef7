// A bench for the engine without a screen: time goes by hand, pictures are
// numbers, and everything that happened is kept in lists.
import { Engine } from '../engine';
import type { Loaded, Quality } from '../frames';
import type { Host } from '../host';
import type { Sound } from '../sound';
import type { Interval } from '../watched';

interface Timer {
  at: number;
  act: () => void;
}

export interface Asked {
  n: number;
  quality: Quality;
  generation: number;
  give: () => Promise<void>;
  refuse: (cause?: unknown) => Promise<void>;
}

export class Bench {
  time = 1000;
  drawn: number[] = [];
  presented: Interval[] = [];
  failures: number[] = [];
  unwritten = 0;
  asked: Asked[] = [];
  released: number[] = [];
  /** Frames for which a thumbnail was drawn; null = there are none. */
  sketches: number[] | null = null;
  ended = 0;
  /** Pictures come after this many ms; null = by hand through asked[i].give(). */
  latency: number | null = null;
  writeFails = false;
  readonly engine: Engine<number>;
  private timers: Timer[] = [];
  private repaints: (() => void)[] = [];

  constructor(
    readonly times: number[],
    sound: Sound | null = null,
    keyframes: number[] = [],
  ) {
    const host: Host<number> = {
      now: () => this.time,
      repaint: (act) => {
        this.repaints.push(act);
        return () => (this.repaints = this.repaints.filter((each) => each !== act));
      },
      after: (ms, act) => {
        const timer = { at: this.time + ms, act };
        this.timers.push(timer);
        return () => (this.timers = this.timers.filter((each) => each !== timer));
      },
      load: (n, quality, generation) => this.load(n, quality, generation),
      release: (picture) => this.released.push(picture),
      draw: (loaded) => this.drawn.push(loaded.n),
      failed: (n) => this.failures.push(n),
      present: async (intervals) => {
        if (this.writeFails) throw new Error('disk full');
        this.presented.push(...intervals);
      },
      changed: () => undefined,
      unwritten: () => this.unwritten++,
      sketch: (n) => this.sketches !== null && this.sketches.push(n) > 0,
      ended: () => this.ended++,
    };
    this.engine = new Engine<number>(host, { times, keyframes, cacheBytes: 1000, generation: 1, sound });
  }

  /** run lets time go by in repaints of 10 ms. */
  async run(ms: number): Promise<void> {
    for (const end = this.time + ms; this.time < end;) {
      this.time += 10;
      const due = this.timers.filter((timer) => timer.at <= this.time);
      this.timers = this.timers.filter((timer) => timer.at > this.time);
      for (const timer of due) timer.act();
      await settle();
      for (const act of this.repaints.splice(0)) act();
      await settle();
    }
  }

  private load(n: number, quality: Quality, generation: number): Promise<Loaded<number>> {
    return new Promise((resolve, reject) => {
      const give = () => {
        resolve({ n, picture: n, bytes: 10, quality });
        return settle();
      };
      const refuse = (cause: unknown = new Error('no')) => {
        reject(cause as Error);
        return settle();
      };
      this.asked.push({ n, quality, generation, give, refuse });
      if (this.latency !== null) this.timers.push({ at: this.time + this.latency, act: () => void give() });
    });
  }
}

/** settle lets every promise that is ready run. */
export const settle = async () => {
  for (let i = 0; i < 8; i++) await Promise.resolve();
};

/** evenly gives the times of `count` frames at `fps`. */
export const evenly = (count: number, fps: number) => Array.from({ length: count }, (_, i) => i / fps);
