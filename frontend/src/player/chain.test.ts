// Three recordings of one activity: four minutes missing, then two seconds shot twice.
import { expect, it } from 'vitest';
import { chainOf, nextOf, seamAfter, secondsOfDay, segmentAt, type Part } from './chain';

const part = (id: string, startedAt: string, duration: number): Part => ({
  id,
  title: id,
  startedAt,
  duration,
});
const three = chainOf([
  part('a', '2026-03-13T01:30:00Z', 60),
  part('b', '2026-03-13T01:35:00Z', 60),
  part('c', '2026-03-13T01:35:58Z', 60),
]);

it('lays segments out in real time, with what is missing and what was shot twice', () => {
  expect(three.segments.map(({ from, to }) => [from, to])).toEqual([
    [0, 60],
    [300, 360],
    [358, 418],
  ]);
  expect(three.seams).toEqual([
    { kind: 'gap', from: 60, to: 300, seconds: 240, after: 1 },
    { kind: 'overlap', from: 358, to: 360, seconds: 2, after: 2 },
  ]);
  expect(three.duration).toBe(418);
  expect(seamAfter(three, 2)?.kind).toBe('overlap');
});

it('finds what shows an instant: nothing in a gap, the one at hand in an overlap', () => {
  expect(segmentAt(three, 59)?.id).toBe('a');
  expect(segmentAt(three, 100)).toBeNull();
  expect(segmentAt(three, 359)?.id).toBe('c');
  expect(segmentAt(three, 359, 'b')?.id).toBe('b');
  expect(nextOf(three, 'b')?.id).toBe('c');
  expect(nextOf(three, 'c')).toBeNull();
});

it('turns a time of day at the scene into a place, by the corrected clock', () => {
  expect(secondsOfDay(three, 9 * 3600 + 35 * 60 + 47 + 5, 47)).toBe(305);
  expect(secondsOfDay(three, 9 * 3600 + 30 * 60 + 10, 0)).toBe(10);
  expect(secondsOfDay(three, 8 * 3600, 0)).toBeNull();
});

it('goes over midnight', () => {
  const night = chainOf([part('a', '2026-03-13T15:59:30Z', 60)]);
  expect(secondsOfDay(night, 10, 0)).toBe(40);
});

it('sets segments end to end where a clock is unknown, and says so', () => {
  const blind = chainOf([part('a', '', 60), part('b', '2026-03-13T01:35:00Z', 30)]);
  expect(blind.timed).toBe(false);
  expect(blind.segments[1]).toMatchObject({ from: 60, to: 90 });
  expect(blind.seams).toEqual([]);
  expect(secondsOfDay(blind, 100, 0)).toBeNull();
});

it('takes the rounding of containers for no gap', () => {
  const joined = chainOf([part('a', '2026-03-13T01:30:00Z', 59.96), part('b', '2026-03-13T01:31:00Z', 60)]);
  expect(joined.seams).toEqual([]);
});
