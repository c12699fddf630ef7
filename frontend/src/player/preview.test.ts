import { expect, it } from 'vitest';
import { covers, extremes, levelFor, placeOf, tileAt, type PreviewInfo } from './preview';

const tiles = [0, 1, 2.5, 7].map((t, i) => ({ n: i * 25, t }));

it('takes the tile at or before an instant', () => {
  expect([-1, 0, 0.99, 1, 6.9, 7, 99].map((at) => tileAt(tiles, at))).toEqual([0, 0, 0, 1, 2, 3, 3]);
  expect(tileAt([], 3)).toBe(-1);
});

it('finds a tile on its sheet', () => {
  const info = { columns: 10, rows: 10, tile_width: 192, tile_height: 108 } as PreviewInfo;
  expect(placeOf(info, 0)).toEqual({ sheet: 0, x: 0, y: 0 });
  expect(placeOf(info, 123)).toEqual({ sheet: 1, x: 3 * 192, y: 2 * 108 });
});

it('chooses the coarsest curve with a bin for every pixel', () => {
  const levels = [10, 80, 640, 5120].map((bin_ms) => ({ bin_ms, bins: 1 }));
  expect([0.001, 0.01, 0.5, 0.64, 60].map((scale) => levelFor(levels, scale))).toEqual([0, 0, 1, 2, 3]);
});

it('reads the extremes under a pixel and knows what it holds', () => {
  const stretch = { level: 0, binMs: 10, from: 100, pairs: new Int8Array([-1, 1, -9, 3, -2, 8, 0, 0]) };
  expect(extremes(stretch, 1.01, 1.03)).toEqual([-9, 8]);
  expect(extremes(stretch, 1.0, 1.001)).toEqual([-1, 1]);
  expect(extremes(stretch, 5, 6)).toEqual([0, 0]);
  expect(covers(stretch, 1, 1.04, 500)).toBe(true);
  expect(covers(stretch, 0.9, 1.04, 500)).toBe(false);
  expect(covers(stretch, 1, 9, 104)).toBe(true);
});
