// Where playback stands. The commanded frame is what a person asked for, the
// shown frame is what lies on the glass; they are never confused, because the
// log tells of the second only.
import { durationOf, endOf, frameAt, timeOf, type Times } from './timecode';

/** Lead is a clock that playback follows, in seconds of the recording; null while it cannot tell. */
export type Lead = (now: number) => number | null;

/** Clock turns wall time into recording time while playing, by the frames' own times. */
export class Clock {
  private base = 0;
  private since = 0;
  private rate = 0;
  private lead: Lead | null = null;

  constructor(readonly times: Times) {}

  get playing(): boolean {
    return this.rate !== 0;
  }

  /** 1 = real time, negative = backwards, 0 = at rest. */
  get speed(): number {
    return this.rate;
  }

  /** start runs from an instant; a lead (the sound) overrides wall time while it can tell. */
  start(seconds: number, speed: number, now: number, lead: Lead | null = null): void {
    this.base = seconds;
    this.since = now;
    this.rate = speed;
    this.lead = lead;
  }

  stop(): void {
    this.rate = 0;
    this.lead = null;
  }

  /** hold restarts wall time here: what was waited for does not count as played. */
  hold(now: number): void {
    this.base = this.at(now);
    this.since = now;
  }

  /** at is the instant of the recording, held within it. */
  at(now: number): number {
    const led = this.rate > 0 ? (this.lead?.(now) ?? null) : null;
    if (led !== null) {
      // Wall time goes on from the lead if the lead falls silent.
      this.base = led;
      this.since = now;
    }
    const at = this.base + ((now - this.since) / 1000) * this.rate;
    return Math.max(0, Math.min(durationOf(this.times), at));
  }

  /** frame is the frame due on the glass. */
  frame(now: number): number {
    return frameAt(this.times, this.at(now));
  }

  /** done tells that the end in the direction of play is reached and the last frame had its time. */
  done(now: number): boolean {
    const at = this.at(now);
    if (this.rate > 0) return at >= endOf(this.times, this.times.length - 1);
    return this.rate < 0 && at <= timeOf(this.times, 0);
  }
}

/**
 * Wish keeps commanded and shown apart while seeking: one request is on its
 * way, and of the wishes that come meanwhile only the newest is kept.
 */
export class Wish {
  private waiting: number | null = null;
  private asked: number | null = null;

  /** What a person asked for last. */
  commanded = 0;

  /** want notes a wish and gives the frame to ask for now, or null while one is on its way. */
  want(n: number): number | null {
    this.commanded = n;
    if (this.asked !== null) {
      this.waiting = n === this.asked ? null : n;
      return null;
    }
    this.asked = n;
    return n;
  }

  /** settled takes note of an answer (or failure) and gives the newest wish to ask for next, or null. */
  settled(n: number): number | null {
    if (n !== this.asked) return null;
    this.asked = this.waiting;
    this.waiting = null;
    return this.asked;
  }

  /** drop forgets what is on its way (its generation is over). */
  drop(): void {
    this.asked = null;
    this.waiting = null;
  }
}
