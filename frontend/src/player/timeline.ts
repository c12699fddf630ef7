// The stretch of time drawn across the lanes: scale, zoom, scroll, ticks.

/** Span is a visible stretch in seconds of the recording. */
export interface Span {
  from: number;
  to: number;
}

/** A tenth of a second is a few frames: closer nothing more can be told apart. */
const MIN_SPAN = 0.1;
const STEPS = [0.04, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];

/** shareOf is where an instant lies in the span, 0..1 when visible. */
export const shareOf = (span: Span, seconds: number) =>
  (seconds - span.from) / Math.max(1e-9, span.to - span.from);

/** secondsAt is the instant at a share of the span. */
export const secondsAt = (span: Span, share: number) => span.from + share * (span.to - span.from);

/** whole shows everything. */
export const whole = (duration: number): Span => ({ from: 0, to: Math.max(MIN_SPAN, duration) });

/** zoom by a factor (> 1 comes closer) keeping the instant at `share` where it is. */
export function zoom(span: Span, factor: number, share: number, duration: number): Span {
  const fixed = secondsAt(span, share);
  const length = Math.max(MIN_SPAN, Math.min(Math.max(MIN_SPAN, duration), (span.to - span.from) / factor));
  return held({ from: fixed - share * length, to: fixed + (1 - share) * length }, duration);
}

/** scroll moves the span by a share of its own length. */
export function scroll(span: Span, share: number, duration: number): Span {
  const by = share * (span.to - span.from);
  return held({ from: span.from + by, to: span.to + by }, duration);
}

/** reveal scrolls only when the instant has left the span, putting it a fifth from the edge it comes from. */
export function reveal(span: Span, seconds: number, duration: number): Span {
  if (seconds >= span.from && seconds <= span.to) return span;
  const length = span.to - span.from;
  const from = seconds < span.from ? seconds - length * 0.8 : seconds - length * 0.2;
  return held({ from, to: from + length }, duration);
}

function held(span: Span, duration: number): Span {
  const length = span.to - span.from;
  const from = Math.max(0, Math.min(span.from, Math.max(MIN_SPAN, duration) - length));
  return { from, to: from + length };
}

export interface Tick {
  seconds: number;
  share: number;
  label: string;
}

/** ticks gives labelled marks at least `gap` pixels apart on a track of `width` pixels. */
export function ticks(span: Span, width: number, gap = 96): Tick[] {
  const length = span.to - span.from;
  const step = STEPS.find((each) => (each / length) * width >= gap) ?? (STEPS.at(-1) as number);
  const list: Tick[] = [];
  for (let i = Math.ceil(span.from / step - 1e-9); i * step <= span.to; i++) {
    const seconds = i * step;
    list.push({ seconds, share: shareOf(span, seconds), label: tickLabel(seconds, step) });
  }
  return list;
}

function tickLabel(seconds: number, step: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const total = Math.floor(seconds + 1e-6);
  const hours = Math.floor(total / 3600);
  const text = `${two(Math.floor(total / 60) % 60)}:${two(total % 60)}`;
  const fraction = step < 1 ? (seconds - total + 1e-6).toFixed(step < 0.1 ? 2 : 1).slice(1) : '';
  return (hours > 0 ? `${hours}:` : '') + text + fraction;
}
