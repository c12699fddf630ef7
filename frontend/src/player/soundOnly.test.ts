import { describe, expect, it } from 'vitest';
import { grid, heard, onGrid } from './soundOnly';
import type { Interval } from './watched';

const interval = (change: Partial<Interval>): Interval => ({
  kind: 'play',
  from: 0,
  to: 9,
  presented: 10,
  speed: 1,
  sound: 'on',
  visible: true,
  wallMs: 1000,
  ...change,
});

describe('a recording of sound alone', () => {
  it('has a place every tenth of a second', () => {
    expect(grid(0.25)).toEqual([0, 0.1, 0.2]);
    expect(grid(0)).toEqual([0]);
    expect(grid(60)).toHaveLength(600);
  });
  it('reports what was played in milliseconds and never beyond the end', () => {
    expect(heard([interval({})], 60)).toMatchObject([{ from: 0, to: 999, presented: 1000 }]);
    expect(heard([interval({ from: 20, to: 22, presented: 3 })], 2.25)).toMatchObject([
      { from: 2000, to: 2249, presented: 250 },
    ]);
  });
  it('does not report rest', () => {
    expect(heard([interval({ kind: 'still' }), interval({ kind: 'step' })], 60)).toEqual([]);
  });
  it('counts a place only when all of it was heard', () => {
    const at = onGrid({
      ranges: [{ from: 150, to: 1049 }],
      fast: [{ from: 10, to: 50 }],
      shown: 900,
      total: 2250,
      share: 0.4,
    });
    expect(at.ranges).toEqual([{ from: 2, to: 9 }]);
    expect(at.fast).toEqual([]);
    expect(
      onGrid({ ranges: [{ from: 2000, to: 2249 }], fast: [], shown: 250, total: 2250, share: 0.1 }).ranges,
    ).toEqual([{ from: 20, to: 22 }]);
  });
});
