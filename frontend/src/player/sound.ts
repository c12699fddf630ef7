// Sound beside the picture. While it plays it leads the clock; where no device
// answers, the picture plays on silently and that is said.

/** Chunk is sound as the backend sends it: interleaved 16-bit samples. */
export interface Chunk {
  rate: number;
  channels: number;
  /** Second of the recording of the first sample. */
  from: number;
  data: Int16Array;
}

/** LoadSound fetches the sound between two instants in seconds. */
export type LoadSound = (from: number, to: number) => Promise<Chunk>;

/** Faster than this, and backwards, sound is muted. */
export const MAX_SOUND_SPEED = 2;
/** A source is asked for this many seconds at once and this far ahead (of device time). */
const PIECE = 1;
const AHEAD = 1.5;
/** A device whose time stands still longer than this is taken as absent (ms). */
const STALL_MS = 400;
/**
 * A device that says it runs may take so long to (ms): it fills its buffers, stands
 * still while the card opens, and then moves. It is awake once it has moved in so
 * many looks after one another, this far apart (ms).
 */
const WAKE_MS = 1200;
const WAKE_LOOKS = 3;
const WAKE_APART_MS = 80;
/**
 * Between two bursts a device stands still; longer than this (ms) it has been held
 * up, and its time says nothing until it moves again.
 */
const BURST_MS = 100;
/** How much of what the device is ahead or behind is taken over at each reading. */
const EASE = 0.04;
/** A device that is off by more than this has jumped: it is followed at once (s). */
const JUMP = 0.12;

/** canSound tells whether a speed is played with sound. */
export const canSound = (speed: number) => speed > 0 && speed <= MAX_SOUND_SPEED;

/** planes takes interleaved samples apart into one array of -1..1 a channel. */
export function planes(chunk: Chunk): Float32Array<ArrayBuffer>[] {
  const length = Math.floor(chunk.data.length / Math.max(1, chunk.channels));
  return Array.from({ length: chunk.channels }, (_, channel) => {
    const plane = new Float32Array(length);
    for (let i = 0; i < length; i++) plane[i] = (chunk.data[i * chunk.channels + channel] as number) / 32768;
    return plane;
  });
}

/** Device is the part of AudioContext that is used. */
export type Device = Pick<
  AudioContext,
  'currentTime' | 'state' | 'resume' | 'createBuffer' | 'createBufferSource' | 'createGain' | 'destination'
>;

/** Sound schedules pieces on a device, one after the other without a seam. */
export class Sound {
  private device: Device | null = null;
  private gain: GainNode | null = null;
  private turn = 0;
  private sources: AudioBufferSourceNode[] = [];
  private anchor: { media: number; device: number; speed: number } | null = null;
  private moved = { device: -1, at: 0 };
  /** Device time less wall time, in seconds, smoothed; null before the first reading. */
  private apart: number | null = null;
  private next = 0;
  /** Where the picture is, for sound that begins now. */
  private at: () => number = () => 0;
  /** The device has been seen moving. */
  private awake = false;

  constructor(
    private readonly load: LoadSound,
    private readonly open: () => Device | null,
  ) {}

  /** leading tells whether sound is being heard (the anchor is set and the device moves). */
  get leading(): boolean {
    return this.anchor !== null;
  }

  /**
   * start begins at an instant and resolves to whether sound is heard. `at`
   * gives the instant to begin at when the first piece is there: loading takes time.
   */
  async start(at: () => number, speed: number): Promise<boolean> {
    this.stop();
    this.at = at;
    const turn = this.turn;
    if (!canSound(speed)) return false;
    const device = await this.ready();
    if (!device || turn !== this.turn) return false;
    const begin = at();
    const [first, moves] = await Promise.all([
      this.load(begin, begin + PIECE * speed).catch(() => null),
      this.wakes(device),
    ]);
    if (!first || first.data.length === 0 || !moves || turn !== this.turn) return false;
    const lead = 0.03;
    const media = at() + lead * speed;
    this.anchor = { media, device: device.currentTime + lead, speed };
    this.moved = { device: -1, at: 0 };
    this.apart = null;
    this.next = begin + PIECE * speed;
    this.schedule(device, first);
    void this.pump(device, turn);
    return true;
  }

  stop(): void {
    this.turn++;
    this.anchor = null;
    for (const source of this.sources.splice(0)) {
      source.onended = null;
      source.stop();
      source.disconnect();
    }
  }

  /** time is the instant being heard, or null while nothing is heard. It is a Lead for the clock. */
  time(now: number): number | null {
    if (!this.anchor || !this.device) return null;
    const at = this.device.currentTime;
    if (at !== this.moved.device) this.moved = { device: at, at: now };
    else if (now - this.moved.at > STALL_MS) {
      const { speed } = this.anchor;
      this.stop(); // a device that stands still: the picture goes on by wall time
      this.awake = false;
      void this.again(this.device, speed);
      return null;
    }
    return this.anchor.media + Math.max(0, this.smooth(at, now) - this.anchor.device) * this.anchor.speed;
  }

  // Devices tell their time in bursts of up to some 60 ms, longer than a frame:
  // taken as they come, frames would be passed over. The wall carries the time
  // between the bursts and the device corrects it, so nothing drifts. A device
  // that is held up and catches up at once, as at its start, was not heard to stop.
  private smooth(device: number, now: number): number {
    const wall = now / 1000;
    const apart = device - wall;
    if (this.apart === null) this.apart = apart;
    else if (now - this.moved.at <= BURST_MS)
      this.apart = Math.abs(apart - this.apart) > JUMP ? apart : this.apart + (apart - this.apart) * EASE;
    return wall + this.apart;
  }

  volume(share: number): void {
    if (this.gain) this.gain.gain.value = share;
  }

  private async ready(): Promise<Device | null> {
    try {
      this.device ??= this.open();
      const device = this.device;
      if (!device) return null;
      if (!this.gain) {
        this.gain = device.createGain();
        this.gain.connect(device.destination);
      }
      // Without a device resume may never settle.
      if (device.state !== 'running')
        await Promise.race([device.resume(), new Promise((done) => setTimeout(done, 300))]);
      return (device.state as string) === 'running' ? device : null;
    } catch {
      return null;
    }
  }

  // A picture that set out before its device moved would stand still with it,
  // and the device would be given up for absent.
  private async wakes(device: Device): Promise<boolean> {
    let seen = device.currentTime;
    for (let waited = 0, moved = 0; !this.awake && waited < WAKE_MS; waited += WAKE_APART_MS) {
      await new Promise((done) => setTimeout(done, WAKE_APART_MS));
      moved = device.currentTime > seen ? moved + 1 : 0;
      seen = device.currentTime;
      this.awake = moved === WAKE_LOOKS;
    }
    return this.awake;
  }

  // Sound comes back with its device, at the place where the picture is then.
  private async again(device: Device, speed: number): Promise<void> {
    const turn = this.turn;
    while (turn === this.turn)
      if (await this.wakes(device)) {
        if (turn === this.turn) await this.start(this.at, speed);
        return;
      }
  }

  private async pump(device: Device, turn: number): Promise<void> {
    while (turn === this.turn && this.anchor) {
      const { media, device: since, speed } = this.anchor;
      const heard = media + (device.currentTime - since) * speed;
      if (this.next - heard > AHEAD * speed) {
        await new Promise((done) => setTimeout(done, 100));
        continue;
      }
      const from = this.next;
      this.next = from + PIECE * speed;
      const chunk = await this.load(from, this.next).catch(() => null);
      if (turn !== this.turn) return;
      if (!chunk || chunk.data.length === 0) {
        // The end of the sound, or a hole: the clock goes on by the device.
        await new Promise((done) => setTimeout(done, 200));
        continue;
      }
      this.schedule(device, chunk);
    }
  }

  private schedule(device: Device, chunk: Chunk): void {
    const { media, device: since, speed } = this.anchor as NonNullable<typeof this.anchor>;
    const channels = planes(chunk);
    const length = channels[0]?.length ?? 0;
    if (length === 0) return;
    const buffer = device.createBuffer(channels.length, length, chunk.rate);
    channels.forEach((plane, i) => buffer.copyToChannel(plane, i));
    const source = device.createBufferSource();
    source.buffer = buffer;
    source.playbackRate.value = speed;
    source.connect(this.gain as GainNode);
    const when = since + (chunk.from - media) / speed;
    const late = Math.max(0, device.currentTime - when);
    if (late * speed >= length / chunk.rate) return;
    source.start(Math.max(when, device.currentTime), late * speed);
    this.sources.push(source);
    source.onended = () => {
      this.sources = this.sources.filter((each) => each !== source);
      source.disconnect();
    };
  }
}
