import { describe, expect, it } from 'vitest';
import { History } from './history';
import { drag, hit, regionAt, snap, spanned } from './regions';
import {
  addMute,
  addTrack,
  emptyPlan,
  endAt,
  missing,
  moveKeyframe,
  place,
  removeKeyframe,
  spans,
} from './tracks';
import vectors from './vectors.json';

const rect = { x: 10, y: 20, w: 64, h: 32 };
const keys = (plan: ReturnType<typeof emptyPlan>) => plan.tracks[0]?.keyframes.map((each) => each.frame);

describe('vectors shared with media/redact', () => {
  for (const track of vectors.tracks) {
    it(track.name, () => {
      for (const want of track.at) {
        const edges = regionAt(track.keyframes, want.frame);
        expect(edges && [edges.left, edges.top, edges.right, edges.bottom]).toEqual(want.edges);
        const snapped = edges && snap(edges, vectors.picture.width, vectors.picture.height);
        expect(snapped && [snapped.left, snapped.top, snapped.right, snapped.bottom]).toEqual(want.snapped);
      }
    });
  }
});

describe('geometry', () => {
  it('keeps a dragged rectangle inside the picture', () => {
    expect(drag(rect, 'move', -50, 500, 320, 180)).toEqual({ x: 0, y: 148, w: 64, h: 32 });
    expect(drag(rect, 'se', 1000, -1000, 320, 180)).toEqual({ x: 10, y: 20, w: 310, h: 4 });
    expect(drag(rect, 'nw', 5, 6, 320, 180)).toEqual({ x: 15, y: 26, w: 59, h: 26 });
  });
  it('spans from any corner', () => {
    expect(spanned(100, 90, 50, 40, 320, 180)).toEqual({ x: 50, y: 40, w: 50, h: 50 });
    expect(spanned(319, 179, 319, 179, 320, 180)).toEqual({ x: 316, y: 176, w: 4, h: 4 });
  });
  it('finds the grip under the pointer', () => {
    expect(hit(rect, 10, 20, 4)).toBe('nw');
    expect(hit(rect, 40, 52, 4)).toBe('s');
    expect(hit(rect, 40, 36, 4)).toBe('move');
    expect(hit(rect, 80, 36, 4)).toBeNull();
  });
});

describe('tracks', () => {
  const plan = addTrack(emptyPlan('sha256:x'), 't1', 10, rect);
  it('ends a cover and leaves the way there untouched', () => {
    const moved = place(plan, 't1', 30, { ...rect, x: 50 });
    const before = regionAt(moved.tracks[0]?.keyframes ?? [], 19);
    const ended = endAt(moved, 't1', 20);
    expect(keys(ended)).toEqual([10, 19, 20, 30]);
    expect(regionAt(ended.tracks[0]?.keyframes ?? [], 19)).toEqual(before);
    expect(regionAt(ended.tracks[0]?.keyframes ?? [], 20)).toBeNull();
    const [track] = ended.tracks;
    expect(track && spans(track, 100)).toEqual([
      { from: 10, to: 19 },
      { from: 30, to: 99 },
    ]);
  });
  it('ends nothing where nothing is covered', () => {
    expect(keys(endAt(plan, 't1', 10))).toEqual([10]);
    expect(keys(endAt(plan, 't1', 5))).toEqual([10]);
  });
  it('moves keyframes between their neighbours only', () => {
    const three = place(place(plan, 't1', 20, rect), 't1', 30, rect);
    expect(keys(moveKeyframe(three, 't1', 20, 99, 100))).toEqual([10, 29, 30]);
    expect(keys(moveKeyframe(three, 't1', 30, 500, 100))).toEqual([10, 20, 99]);
  });
  it('goes with its last visible keyframe', () => {
    expect(removeKeyframe(endAt(plan, 't1', 20), 't1', 20).tracks).toHaveLength(1);
    expect(removeKeyframe(plan, 't1', 10).tracks).toHaveLength(0);
  });
  it('says what is missing', () => {
    expect(missing(emptyPlan(''))).toEqual([{ kind: 'empty' }]);
    const muted = addMute(plan, { from: 1, to: 2, effect: 'silence', ground: '个人隐私', reason: ' ' });
    expect(missing(muted)).toEqual([
      { kind: 'ground', of: 'track', id: 't1' },
      { kind: 'reason', of: 'track', id: 't1' },
      { kind: 'reason', of: 'mute', at: 0 },
    ]);
  });
});

describe('history', () => {
  it('joins acts with one tag into one step', () => {
    const history = new History(0);
    history.push(1, 'drag');
    history.push(2, 'drag');
    history.settle();
    history.push(3, 'drag');
    expect(history.undo()).toBe(2);
    expect(history.undo()).toBe(0);
    expect(history.canUndo).toBe(false);
    expect(history.redo()).toBe(2);
    history.push(9);
    expect(history.canRedo).toBe(false);
  });
});
