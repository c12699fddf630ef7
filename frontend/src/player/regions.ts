// What a keyframed track covers at a frame: the very rule of redact.Plan
// (media/redact), so that the editor draws what the export hides.

/** Rect in pixels of the upright picture. */
export interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Keyframe extends Rect {
  frame: number;
  visible: boolean;
}

/** Edges of a cover; right and bottom are exclusive. */
export interface Edges {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/**
 * regionAt gives what the keyframes cover at frame n, or null for nothing.
 *
 * Nothing before the first keyframe; edges run linearly between two; the last
 * is held; from an invisible one on nothing until the next visible one. Toward
 * an invisible keyframe without a rectangle the cover stands still.
 */
export function regionAt(keyframes: readonly Keyframe[], n: number): Edges | null {
  const next = keyframes.findIndex((each) => each.frame > n);
  const at = next < 0 ? keyframes.length - 1 : next - 1;
  const a = keyframes[at];
  if (!a || !a.visible) return null;
  const after = keyframes[at + 1];
  const b = after && after.w > 0 && after.h > 0 ? after : a;
  const between = (from: number, to: number) =>
    a.frame === b.frame || from === to
      ? from
      : (from * (b.frame - n) + to * (n - a.frame)) / (b.frame - a.frame);
  return {
    left: between(a.x, b.x),
    right: between(a.x + a.w, b.x + b.w),
    top: between(a.y, b.y),
    bottom: between(a.y + a.h, b.y + b.h),
  };
}

/** snap rounds outward to even pixels and cuts to the picture, as the export does. */
export function snap(edges: Edges, width: number, height: number): Edges {
  const hold = (v: number, limit: number) => Math.min(Math.max(v, 0), limit);
  const down = (v: number, limit: number) => hold(Math.floor(v / 2) * 2, limit);
  const up = (v: number, limit: number) => hold(Math.ceil(v / 2) * 2, limit);
  return {
    left: down(edges.left, width),
    top: down(edges.top, height),
    right: up(edges.right, width),
    bottom: up(edges.bottom, height),
  };
}

export const rectOf = (edges: Edges): Rect => ({
  x: edges.left,
  y: edges.top,
  w: edges.right - edges.left,
  h: edges.bottom - edges.top,
});

/** Smaller than this no cover can be gripped or hides anything. */
export const MIN_SIDE = 4;

/** Grip names the part of a rectangle that is dragged. */
export type Grip = 'move' | 'n' | 's' | 'e' | 'w' | 'ne' | 'nw' | 'se' | 'sw';

/** drag moves or resizes a rectangle by whole pixels, keeping it inside the picture. */
export function drag(rect: Rect, grip: Grip, dx: number, dy: number, width: number, height: number): Rect {
  const round = Math.round;
  if (grip === 'move') {
    return {
      ...rect,
      x: hold(round(rect.x + dx), 0, width - rect.w),
      y: hold(round(rect.y + dy), 0, height - rect.h),
    };
  }
  let [left, top, right, bottom] = [rect.x, rect.y, rect.x + rect.w, rect.y + rect.h];
  if (grip.includes('w')) left = hold(round(left + dx), 0, right - MIN_SIDE);
  if (grip.includes('e')) right = hold(round(right + dx), left + MIN_SIDE, width);
  if (grip.includes('n')) top = hold(round(top + dy), 0, bottom - MIN_SIDE);
  if (grip.includes('s')) bottom = hold(round(bottom + dy), top + MIN_SIDE, height);
  return { x: left, y: top, w: right - left, h: bottom - top };
}

/** spanned is the rectangle between two corners, at least MIN_SIDE, inside the picture. */
export function spanned(x0: number, y0: number, x1: number, y1: number, width: number, height: number): Rect {
  const x = hold(Math.round(Math.min(x0, x1)), 0, width - MIN_SIDE);
  const y = hold(Math.round(Math.min(y0, y1)), 0, height - MIN_SIDE);
  return {
    x,
    y,
    w: hold(Math.round(Math.abs(x1 - x0)), MIN_SIDE, width - x),
    h: hold(Math.round(Math.abs(y1 - y0)), MIN_SIDE, height - y),
  };
}

/** hit tells which grip lies under a point; `reach` is how near counts, in pixels of the picture. */
export function hit(rect: Rect, x: number, y: number, reach: number): Grip | null {
  const near = (a: number, b: number) => Math.abs(a - b) <= reach;
  const inside = (v: number, from: number, to: number) => v >= from - reach && v <= to + reach;
  if (!inside(x, rect.x, rect.x + rect.w) || !inside(y, rect.y, rect.y + rect.h)) return null;
  const vertical = near(y, rect.y) ? 'n' : near(y, rect.y + rect.h) ? 's' : '';
  const horizontal = near(x, rect.x) ? 'w' : near(x, rect.x + rect.w) ? 'e' : '';
  return (vertical + horizontal || 'move') as Grip;
}

const hold = (v: number, low: number, high: number) => Math.max(low, Math.min(Math.max(low, high), v));
