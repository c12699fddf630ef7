// The player without a screen: commands in, draws and states out. It knows
// neither Vue nor the bridge; time, pictures and sound are handed in.
import { Clock } from './clock';
import type { Loaded, Quality } from './frames';
import type { Host, Settings } from './host';
import { Seeker } from './seeker';
import { canSound } from './sound';
import { clampFrame, endOf, frameAt, timeOf } from './timecode';
import { Watched, type Kind, type SoundState } from './watched';

/** Speeds that can be chosen. */
export const SPEEDS = [0.25, 0.5, 1, 1.5, 2, 4, 8];
const FLUSH_MS = 2000;
const SEEK_FLUSH_MS = 1000;
const SOUND_WAIT_MS = 1500;
/** A hand that rests this long while scrubbing wants the exact frame. */
const SCRUB_REST_MS = 90;
/** Faster than twice, this many pictures a second are shown: the eye follows no more. */
const FAST_RATE = 25;
/** Pictures this much behind their time (ms, for so long) are too many for the machine. */
const LATE_MS = 250;
/**
 * After a halt of the machine, up to true speed, pictures follow one another until
 * none is left out, as long as they are not later than this (ms): the picture may
 * stand so far behind its sound (ITU-R BT.1359, acceptable).
 */
const CATCH_UP_MS = 90;
/** In fast play, a picture this many frames old may stand in for a late one. */
const FAST_REACH = 300;

/** Range is a stretch of frames, both ends included. */
export interface Loop {
  from: number;
  to: number;
}

/** Engine plays, steps and seeks, and keeps the account of what was shown. */
export class Engine<P> {
  readonly clock: Clock;
  private readonly watched = new Watched();
  private readonly seeker: Seeker<P>;
  private shownFrame = -1;
  private shownQuality: Quality = 'move';
  private direction = 1;
  private wantSpeed = 1;
  private isMuted = false;
  private isVisible = true;
  private closed = false;
  /** Play was asked for and waits for the first sound. */
  private arming = 0;
  /** The next due frame is drawn even if it stands on the glass: it belongs to a new play. */
  private fresh = false;
  private turn = 0;
  private lastFlush = 0;
  private writing: Promise<void> = Promise.resolve();
  private stopRepaint: () => void = () => undefined;
  private stopFlush: () => void = () => undefined;
  private stopScrub: () => void = () => undefined;
  private sketchedFrame = -1;
  private round: Loop | null = null;
  private passed = 0;
  private drawn = 0;
  /** How much of fast play is given up to keep time: 0 none, 1 every other picture, 2 all but keyframes. */
  private thrift = 0;
  private lateSince = -1;

  constructor(
    private readonly host: Host<P>,
    private readonly settings: Settings,
  ) {
    this.clock = new Clock(settings.times);
    const stage = { ...host, put: (loaded: Loaded<P>) => this.put(loaded), rested: () => void this.flush() };
    this.seeker = new Seeker<P>(stage, settings.times.length, settings.cacheBytes, settings.generation);
  }

  /** The frame on the glass, -1 before the first. */
  get shown(): number {
    return this.shownFrame;
  }

  get shownAt(): Quality {
    return this.shownQuality;
  }

  /** Frame for which a thumbnail lies on the glass while scrubbing, -1 otherwise. */
  get sketched(): number {
    return this.sketchedFrame;
  }

  /** The stretch that is played again and again. */
  get loop(): Loop | null {
    return this.round;
  }

  /** What this play has come by and what of it was drawn: frames left out are said, not hidden. */
  get tally(): { passed: number; drawn: number } {
    return { passed: this.passed, drawn: this.drawn };
  }

  /** The frame a person asked for last. */
  get commanded(): number {
    return this.clock.playing ? this.clock.frame(this.host.now()) : this.seeker.commanded;
  }

  /** Speed now, 0 at rest. */
  get speed(): number {
    return this.arming || this.clock.speed;
  }

  /** Speed of the next forward play. */
  get rate(): number {
    return this.wantSpeed;
  }

  get muted(): boolean {
    return this.isMuted;
  }

  /** What a person hears: only while playing. */
  get sounding(): SoundState {
    if (!this.settings.sound) return 'none';
    return this.settings.sound.leading && !this.isMuted ? 'on' : 'muted';
  }

  /** seek goes to a frame (0-based) and stays there. */
  seek(n: number, kind: Kind = 'still'): void {
    if (this.closed || this.last < 0) return;
    const target = clampFrame(this.settings.times, n);
    this.direction = target < this.commanded ? -1 : 1;
    this.stopScrub();
    if (this.speed !== 0) {
      this.halt();
      this.seeker.turn(false, this.shownFrame);
    }
    const now = this.host.now();
    const turned = this.watched.change(this.manner(kind, 0), now);
    if (turned || now - this.lastFlush > SEEK_FLUSH_MS) void this.flush();
    this.seeker.ask(target, this.direction);
    this.host.changed();
  }

  /**
   * scrub follows a hand: a thumbnail at once, the exact frame when the hand
   * rests. The frame that was on the glass is gone meanwhile; the thumbnail is
   * none and counts for nothing.
   */
  scrub(n: number): void {
    if (this.closed || this.last < 0) return;
    const target = clampFrame(this.settings.times, n);
    if (this.seeker.cache.has(target) || !this.host.sketch?.(target)) {
      this.seek(target);
      return;
    }
    if (this.speed !== 0) this.halt();
    this.watched.gone(this.host.now());
    this.watched.change(this.manner('still', 0), this.host.now());
    this.sketchedFrame = target;
    this.seeker.turn(false, target);
    this.stopScrub();
    this.stopScrub = this.host.after(SCRUB_REST_MS, () => this.seek(target));
    this.host.changed();
  }

  /** repeat plays a stretch again and again from its start; null plays on without. */
  repeat(range: Loop | null): void {
    this.round = range && range.to > range.from ? { ...range } : null;
    if (this.round) {
      this.halt();
      this.seeker.turn(false, clampFrame(this.settings.times, this.round.from));
      this.play(Math.abs(this.wantSpeed));
    }
    this.host.changed();
  }

  /** step moves by frames from the commanded frame. */
  step(by: number): void {
    this.seek((this.speed === 0 ? this.commanded : this.shownFrame) + by, 'step');
  }

  /** skip moves by seconds. */
  skip(seconds: number): void {
    this.seek(frameAt(this.settings.times, timeOf(this.settings.times, this.commanded) + seconds));
  }

  /** play runs at a speed; at the end it begins anew. With sound it waits for the first piece of it. */
  play(speed = this.wantSpeed): void {
    if (this.closed || this.last < 0 || speed === 0) return;
    const start = this.startOf(speed);
    if (speed > 0) this.wantSpeed = speed;
    this.halt();
    this.seeker.turn(true, this.seeker.commanded);
    this.direction = Math.sign(speed);
    const sound = this.settings.sound;
    if (!sound || this.isMuted || !canSound(speed)) {
      this.run(start, speed);
      return;
    }
    this.arming = speed;
    const turn = this.turn;
    const go = () => {
      if (turn !== this.turn || !this.arming) return;
      this.run(start, speed);
    };
    this.stopFlush = this.host.after(SOUND_WAIT_MS, go);
    this.fill(frameAt(this.settings.times, start), turn);
    void sound.start(() => this.soundFrom(start), speed).then(go);
    this.host.changed();
  }

  // fill lays in pictures while the first sound is waited for: the start of a play
  // is when everything else wants the machine too.
  private fill(from: number, turn: number): void {
    if (turn !== this.turn || !this.arming) return;
    this.seeker.prefetch(from, this.direction);
    this.stopRepaint = this.host.repaint(() => this.fill(from, turn));
  }

  /** pause stops and fetches the frame on the glass losslessly. */
  pause(): void {
    if (this.speed === 0) return;
    const n = Math.max(0, this.clock.playing ? this.shownFrame : this.seeker.commanded);
    this.halt();
    this.seeker.turn(false, n);
    this.watched.change(this.manner('still', 0), this.host.now());
    void this.flush();
    this.seeker.ask(n, this.direction);
    this.host.changed();
  }

  toggle(): void {
    if (this.speed !== 0) this.pause();
    else this.play();
  }

  /** shuttle is J and L: repeated, 2, 4 and 8 times as fast. */
  shuttle(direction: 1 | -1): void {
    const now = this.speed;
    const along = Math.sign(now) === direction;
    this.play(direction * (along ? Math.min(8, Math.max(1, Math.abs(now)) * 2) : 1));
  }

  /** setRate chooses the speed of play, now and next. */
  setRate(speed: number): void {
    const running = Math.sign(this.speed);
    this.wantSpeed = speed;
    if (running !== 0) this.play(running * speed);
    this.host.changed();
  }

  /** nudge goes one speed up or down. */
  nudge(by: 1 | -1): void {
    const at = SPEEDS.findIndex((each) => each >= this.wantSpeed);
    this.setRate(SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at + by))] as number);
  }

  mute(on: boolean): void {
    this.isMuted = on;
    if (this.speed !== 0) this.play(this.speed);
    this.host.changed();
  }

  /** visible follows the window: nothing plays unseen, and what stands there does not count. */
  visible(on: boolean): void {
    if (!on) this.pause();
    this.isVisible = on;
    this.watched.change(this.manner('still', 0), this.host.now());
    void this.flush();
  }

  /** refresh asks anew for what is shown: the draft, the view or the stage's size has changed. */
  refresh(): void {
    if (this.closed || this.last < 0) return;
    const n = this.commanded;
    this.seeker.clear();
    if (!this.clock.playing) this.seeker.ask(n, this.direction);
  }

  /** close writes the rest down; nothing is shown afterwards. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.halt();
    this.closed = true;
    this.stopScrub();
    this.watched.gone(this.host.now());
    this.seeker.clear();
    await this.flush();
  }

  /** flush writes what was shown since the last time, in order; a failure stops the play. */
  flush(): Promise<void> {
    this.lastFlush = this.host.now();
    const intervals = this.watched.take(this.lastFlush);
    if (intervals.length === 0) return this.writing;
    this.writing = this.writing.then(async () => {
      try {
        await this.host.present(intervals);
      } catch (cause) {
        this.watched.putBack(intervals);
        this.halt();
        this.host.unwritten(cause);
      }
    });
    return this.writing;
  }

  private get last(): number {
    return this.settings.times.length - 1;
  }

  private startOf(speed: number): number {
    if (this.clock.playing) return this.clock.at(this.host.now());
    const at = this.seeker.commanded;
    if (speed > 0) return at >= this.last ? 0 : timeOf(this.settings.times, at);
    return timeOf(this.settings.times, at <= 0 ? this.last : at);
  }

  private soundFrom(start: number): number {
    return this.clock.playing ? this.clock.at(this.host.now()) : start;
  }

  private halt(): void {
    this.turn++;
    this.arming = 0;
    this.stopScrub();
    this.stopRepaint();
    this.stopFlush();
    this.settings.sound?.stop();
    this.clock.stop();
  }

  private manner(kind: Kind, speed: number) {
    const silent: SoundState = this.settings.sound ? 'muted' : 'none';
    const sound = kind === 'play' ? this.sounding : silent;
    return { kind, speed, sound, visible: this.isVisible };
  }

  private run(start: number, speed: number): void {
    const now = this.host.now();
    const sound = this.settings.sound;
    this.arming = 0;
    this.fresh = true;
    this.passed = 0;
    this.drawn = 0;
    this.thrift = 0;
    this.lateSince = -1;
    this.clock.start(start, speed, now, sound ? (at) => (this.isMuted ? null : sound.time(at)) : null);
    this.stopFlush();
    this.armFlush();
    this.tick();
    this.host.changed();
  }

  // tick draws what is due and asks for what comes.
  private tick(): void {
    if (!this.clock.playing) return;
    const now = this.host.now();
    const due = this.clock.frame(now);
    if (this.watched.change(this.manner('play', this.clock.speed), now)) void this.flush();
    const loaded =
      this.following(due) ??
      this.seeker.nearest(due, this.direction, this.thrift > 0 ? FAST_REACH : undefined);
    const onward = loaded && (loaded.n - this.shownFrame) * this.direction > 0;
    if (loaded && (this.fresh || onward)) {
      this.passed += this.fresh ? 1 : Math.abs(loaded.n - this.shownFrame);
      this.fresh = false;
      this.drawn++;
      this.put(loaded);
    }
    if (this.round && this.direction > 0 && this.clock.at(now) >= endOf(this.settings.times, this.round.to)) {
      this.repeat(this.round);
      return;
    }
    const edge = this.direction > 0 ? this.last : 0;
    if (this.clock.done(now) && (this.shownFrame === edge || this.seeker.isLost(edge))) {
      this.pause();
      if (this.direction > 0) this.host.ended?.();
      return;
    }
    this.economise(due, now);
    if (this.thrift === 2 && this.settings.keyframes)
      this.seeker.prefetchOf(this.settings.keyframes, due, this.direction);
    else this.seeker.prefetch(due, this.stride(this.clock.speed) * (this.thrift + 1) * this.direction);
    this.stopRepaint = this.host.repaint(() => this.tick());
  }

  // following is the picture after the one on the glass while play is a little late.
  private following(due: number): Loaded<P> | undefined {
    const next = this.shownFrame + this.direction;
    const speed = Math.abs(this.clock.speed);
    if (this.fresh || speed > 1 || (due - next) * this.direction <= 0) return undefined;
    const late = Math.abs(timeOf(this.settings.times, due) - timeOf(this.settings.times, next)) / speed;
    return late * 1000 <= CATCH_UP_MS ? this.seeker.cache.get(next) : undefined;
  }

  // economise asks for fewer pictures where a fast play falls behind: better few
  // in time than many late. Up to 2× forward nothing is given up, it counts as seen.
  private economise(due: number, now: number): void {
    const speed = this.clock.speed;
    if ((speed >= -1 && speed <= 2) || this.thrift === 2) return;
    const behind = Math.abs(timeOf(this.settings.times, due) - timeOf(this.settings.times, this.shownFrame));
    if (behind * 1000 < LATE_MS * Math.abs(speed)) {
      this.lateSince = -1;
      return;
    }
    if (this.lateSince < 0) this.lateSince = now;
    if (now - this.lateSince < LATE_MS) return;
    this.lateSince = -1;
    this.thrift++;
  }

  // stride is how many frames apart pictures are asked for: every one up to
  // twice forward, then as many as can be followed.
  private stride(velocity: number): number {
    const speed = Math.abs(velocity);
    if (velocity >= -1 && velocity <= 2) return 1;
    const length = timeOf(this.settings.times, this.last) || 1;
    return Math.max(1, Math.ceil((speed * this.last) / length / FAST_RATE));
  }

  private put(loaded: Loaded<P>): void {
    if (this.closed) return;
    this.sketchedFrame = -1;
    this.host.draw(loaded);
    this.shownFrame = loaded.n;
    this.shownQuality = loaded.quality;
    this.watched.drawn(loaded.n, this.host.now());
    this.host.changed();
  }

  private armFlush(): void {
    this.stopFlush = this.host.after(FLUSH_MS, () => {
      void this.flush();
      if (this.clock.playing) this.armFlush();
    });
  }
}
