// A plan as it is being made: tracks with keyframes, and mutes. Every act gives
// a new plan, so that undo is keeping the old one.
import { regionAt, rectOf, type Keyframe, type Rect } from './regions';

export interface Track {
  id: string;
  shape: 'rect';
  effect: 'fill';
  ground: string;
  reason: string;
  keyframes: Keyframe[];
}

/** Mute silences from (inclusive) to (exclusive), seconds from the first shown frame. */
export interface Mute {
  from: number;
  to: number;
  effect: 'silence';
  ground: string;
  reason: string;
}

/** Plan is the JSON of docs: exactly what the backend parses. */
export interface Plan {
  version: 1;
  original: string;
  tracks: Track[];
  mutes: Mute[];
}

export const emptyPlan = (original: string): Plan => ({ version: 1, original, tracks: [], mutes: [] });

/** addTrack begins a cover at a frame; it is held until it is ended. */
export function addTrack(plan: Plan, id: string, frame: number, rect: Rect, ground = ''): Plan {
  const track: Track = {
    id,
    shape: 'rect',
    effect: 'fill',
    ground,
    reason: '',
    keyframes: [{ frame, ...whole(rect), visible: true }],
  };
  return { ...plan, tracks: [...plan.tracks, track] };
}

export const removeTrack = (plan: Plan, id: string): Plan => ({
  ...plan,
  tracks: plan.tracks.filter((track) => track.id !== id),
});

/** describe changes what is said of a track. */
export const describe = (plan: Plan, id: string, words: Partial<Pick<Track, 'ground' | 'reason'>>): Plan =>
  change(plan, id, (track) => ({ ...track, ...words }));

/** place sets the rectangle at a frame: the keyframe there, or a new one. */
export const place = (plan: Plan, id: string, frame: number, rect: Rect): Plan =>
  change(plan, id, (track) => put(track, { frame, ...whole(rect), visible: true }));

/** endAt ends the cover from this frame on, standing still until then. */
export function endAt(plan: Plan, id: string, frame: number): Plan {
  return change(plan, id, (track) => {
    const before = regionAt(track.keyframes, frame - 1);
    if (!before) return track; // nothing is covered there that could end
    // Without an own last rectangle the ramp toward the next keyframe would be lost.
    const held = track.keyframes.some((each) => each.frame === frame - 1)
      ? track
      : put(track, { frame: frame - 1, ...rectOf(before), visible: true });
    return put(held, { frame, x: 0, y: 0, w: 0, h: 0, visible: false });
  });
}

/** removeKeyframe takes one keyframe away; the last visible one only goes with its track. */
export function removeKeyframe(plan: Plan, id: string, frame: number): Plan {
  const track = plan.tracks.find((each) => each.id === id);
  const rest = track?.keyframes.filter((each) => each.frame !== frame) ?? [];
  if (!rest.some((each) => each.visible)) return removeTrack(plan, id);
  return change(plan, id, (each) => ({ ...each, keyframes: rest }));
}

/** moveKeyframe shifts one keyframe in time, never past its neighbours. */
export function moveKeyframe(plan: Plan, id: string, frame: number, to: number, total: number): Plan {
  return change(plan, id, (track) => {
    const at = track.keyframes.findIndex((each) => each.frame === frame);
    if (at < 0) return track;
    const low = (track.keyframes[at - 1]?.frame ?? -1) + 1;
    const high = (track.keyframes[at + 1]?.frame ?? total) - 1;
    const moved = Math.max(low, Math.min(high, to));
    return {
      ...track,
      keyframes: track.keyframes.map((each, i) => (i === at ? { ...each, frame: moved } : each)),
    };
  });
}

/** spans lists the stretches a track covers, both ends included, for a recording of `total` frames. */
export function spans(track: Track, total: number): { from: number; to: number }[] {
  const list: { from: number; to: number }[] = [];
  let open: number | null = null;
  for (const each of track.keyframes) {
    if (each.visible) open ??= each.frame;
    else if (open !== null) {
      list.push({ from: open, to: each.frame - 1 });
      open = null;
    }
  }
  if (open !== null) list.push({ from: open, to: total - 1 });
  return list;
}

export const addMute = (plan: Plan, mute: Mute): Plan => ({
  ...plan,
  mutes: [...plan.mutes, mute].sort((a, b) => a.from - b.from),
});

export const removeMute = (plan: Plan, at: number): Plan => ({
  ...plan,
  mutes: plan.mutes.filter((_, i) => i !== at),
});

export const changeMute = (plan: Plan, at: number, words: Partial<Mute>): Plan => ({
  ...plan,
  mutes: plan.mutes.map((mute, i) => (i === at ? { ...mute, ...words } : mute)),
});

/** Missing names what must still be said before a plan can be submitted. */
export type Missing =
  | { kind: 'empty' }
  | { kind: 'ground' | 'reason'; of: 'track'; id: string }
  | { kind: 'ground' | 'reason'; of: 'mute'; at: number };

/** missing lists what a person must still fill in, in the order of the lists. */
export function missing(plan: Plan): Missing[] {
  if (plan.tracks.length === 0 && plan.mutes.length === 0) return [{ kind: 'empty' }];
  const list: Missing[] = [];
  for (const { id, ground, reason } of plan.tracks) {
    if (!ground) list.push({ kind: 'ground', of: 'track', id });
    if (!reason.trim()) list.push({ kind: 'reason', of: 'track', id });
  }
  plan.mutes.forEach(({ ground, reason }, at) => {
    if (!ground) list.push({ kind: 'ground', of: 'mute', at });
    if (!reason.trim()) list.push({ kind: 'reason', of: 'mute', at });
  });
  return list;
}

const whole = (rect: Rect): Rect => ({
  x: Math.round(rect.x),
  y: Math.round(rect.y),
  w: Math.round(rect.w),
  h: Math.round(rect.h),
});

function put(track: Track, keyframe: Keyframe): Track {
  const others = track.keyframes.filter((each) => each.frame !== keyframe.frame);
  return { ...track, keyframes: [...others, keyframe].sort((a, b) => a.frame - b.frame) };
}

const change = (plan: Plan, id: string, act: (track: Track) => Track): Plan => ({
  ...plan,
  tracks: plan.tracks.map((track) => (track.id === id ? act(track) : track)),
});
