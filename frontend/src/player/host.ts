// What the engine is given: where it draws, writes and hears. In the window that
// is the page and the bridge, in tests a few lines.
import type { Load, Loaded } from './frames';
import type { Sound } from './sound';
import type { Times } from './timecode';
import type { Interval } from './watched';

/** Host is what the engine needs from where it runs. Times are milliseconds. */
export interface Host<P> {
  now: () => number;
  /** Calls back before the next repaint; gives a function that calls it off. */
  repaint: (act: () => void) => () => void;
  after: (ms: number, act: () => void) => () => void;
  load: Load<P>;
  release: (picture: P) => void;
  /** Puts a picture on the glass, at once. */
  draw: (loaded: Loaded<P>) => void;
  /** A wanted frame cannot be had. */
  failed: (n: number, cause: unknown) => void;
  /** Writes what was shown; resolves when it is durable. */
  present: (intervals: Interval[]) => Promise<void>;
  /** Something readable has changed. */
  changed: () => void;
  /** What was shown could not be written down; play has stopped. */
  unwritten: (cause: unknown) => void;
  /** Draws a thumbnail for frame n at once, if there is one; it never counts as shown. */
  sketch?: (n: number) => boolean;
  /** Forward play has come to the end. */
  ended?: () => void;
}

export interface Settings {
  times: Times;
  /** Numbers of the keyframes, ascending: what is shown where decoding every picture cannot follow. */
  keyframes?: readonly number[];
  cacheBytes: number;
  /** First generation; must exceed all earlier ones of this viewing. */
  generation: number;
  sound: Sound | null;
}
