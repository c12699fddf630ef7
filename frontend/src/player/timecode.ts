// Frame ↔ time, always through the list of true frame times: with variable
// frame rate an average duration would name the wrong frame.

/** Times holds the second of every frame, from the first shown frame, ascending. */
export type Times = ArrayLike<number>;

// Times cross the bridge as decimal text; half a microsecond is far below any time base in use.
const SLACK = 5e-7;

/** frameAt is the frame on the glass at an instant: the last one that has begun. 0 when there is none. */
export function frameAt(times: Times, seconds: number): number {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((times[middle] as number) <= seconds + SLACK) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** timeOf is the instant of a frame; numbers outside are held at the ends. */
export function timeOf(times: Times, frame: number): number {
  return times[clampFrame(times, frame)] ?? 0;
}

/** clampFrame holds a frame number inside the recording. */
export function clampFrame(times: Times, frame: number): number {
  return Math.max(0, Math.min(times.length - 1, Math.round(frame)));
}

/** endOf is the instant at which a frame gives way to the next; the last frame lasts as long as the one before it. */
export function endOf(times: Times, frame: number): number {
  const next = times[frame + 1];
  if (next !== undefined) return next;
  const last = timeOf(times, frame);
  return times.length > 1 ? last + (last - timeOf(times, frame - 1)) : last + 0.04;
}

/** durationOf is the instant at which the last frame ends. */
export const durationOf = (times: Times): number => (times.length === 0 ? 0 : endOf(times, times.length - 1));

/** formatTime writes seconds as 00:12:46.520. */
export function formatTime(seconds: number, millis = true): string {
  const total = Math.max(0, millis ? Math.round(seconds * 1000) : Math.floor(seconds + SLACK) * 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  const whole = Math.floor(total / 1000);
  const text = `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return millis ? `${text}.${String(total % 1000).padStart(3, '0')}` : text;
}

/** glass is a frame number as people read it: from 1, with thousands. */
export const glass = (frame: number): string => (frame + 1).toLocaleString('en-US');

/** Goal is where a person asked to go. */
export type Goal =
  { kind: 'frame'; frame: number } | { kind: 'time'; seconds: number } | { kind: 'scene'; seconds: number };

/**
 * parseGoal reads what a person typed after G.
 *
 * "138" is frame 138 on the glass (0-based 137); "1:02", "00:01:02.5" and
 * "62.5s" are times into the recording; "@09:34:02" is a time of day at the
 * scene, given as seconds since midnight. Anything else is null.
 */
export function parseGoal(text: string): Goal | null {
  const plain = text.normalize('NFKC').replace(/[\s,]/g, '');
  const frame = /^(?:#|f|第)?(\d{1,9})(?:f|帧)?$/i.exec(plain);
  if (frame) return Number(frame[1]) >= 1 ? { kind: 'frame', frame: Number(frame[1]) - 1 } : null;
  const scene = /^@(.+)$/.exec(plain);
  const seconds = parseTime(scene?.[1] ?? plain);
  if (seconds === null) return null;
  return { kind: scene ? 'scene' : 'time', seconds };
}

/** parseTime reads [[hh:]mm:]ss[.fraction], with s or 秒 after a bare number of seconds. */
export function parseTime(text: string): number | null {
  const bare = /^(\d+(?:\.\d+)?)(?:s|秒)?$/i.exec(text);
  if (bare) return Number(bare[1]);
  const parts = /^(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2}(?:\.\d+)?)$/.exec(text);
  if (!parts) return null;
  const [hours, minutes, seconds] = [Number(parts[1] ?? 0), Number(parts[2]), Number(parts[3])];
  if (seconds >= 60 || (parts[1] !== undefined && minutes >= 60)) return null;
  return hours * 3600 + minutes * 60 + seconds;
}
