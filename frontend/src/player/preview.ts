// Thumbnails and sound curves: which tile stands for a frame, where it lies on
// its sheet, which zoom of a curve suits a scale. Small pictures help to find
// one's way and never count as shown.

export interface Tile {
  /** Frame, 0-based. */
  n: number;
  /** Second of that frame. */
  t: number;
}

export interface WaveLevel {
  bin_ms: number;
  bins: number;
}

export interface PreviewInfo {
  duration: number;
  tile_width: number;
  tile_height: number;
  columns: number;
  rows: number;
  tiles: Tile[];
  /** The whole recording on one picture; no tiles where there is no picture. */
  contact: { width: number; height: number; columns: number; tiles: Tile[] };
  tracks: { levels: WaveLevel[] }[];
}

/** tileAt is the last tile at or before an instant, -1 when there are none; by time, which no renumbering moves. */
export function tileAt(tiles: readonly Tile[], seconds: number): number {
  let low = 0;
  let high = tiles.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tiles[middle] as Tile).t <= seconds + 1e-6) low = middle;
    else high = middle - 1;
  }
  return tiles.length === 0 ? -1 : low;
}

export interface Place {
  sheet: number;
  x: number;
  y: number;
}

/** placeOf tells where tile i lies, in pixels of its sheet. */
export function placeOf(info: PreviewInfo, i: number): Place {
  const perSheet = info.columns * info.rows;
  const on = i % perSheet;
  return {
    sheet: Math.floor(i / perSheet),
    x: (on % info.columns) * info.tile_width,
    y: Math.floor(on / info.columns) * info.tile_height,
  };
}

/** levelFor chooses the coarsest level that still has a bin for every pixel. */
export function levelFor(levels: readonly WaveLevel[], secondsPerPixel: number): number {
  let chosen = 0;
  levels.forEach((level, i) => {
    if (level.bin_ms <= secondsPerPixel * 1000) chosen = i;
  });
  return chosen;
}

/** Stretch of a curve as fetched: pairs of least and greatest, -128..127, from bin `from` on. */
export interface Stretch {
  level: number;
  binMs: number;
  from: number;
  pairs: Int8Array;
}

/** extremes gives the least and greatest sample between two instants, [0, 0] where nothing is known. */
export function extremes(stretch: Stretch, from: number, to: number): [number, number] {
  const first = Math.floor((from * 1000) / stretch.binMs) - stretch.from;
  const last = Math.max(first + 1, Math.ceil((to * 1000) / stretch.binMs) - stretch.from);
  let [low, high] = [0, 0];
  for (let i = Math.max(0, first); i < last && 2 * i + 1 < stretch.pairs.length; i++) {
    low = Math.min(low, stretch.pairs[2 * i] as number);
    high = Math.max(high, stretch.pairs[2 * i + 1] as number);
  }
  return [low, high];
}

/** covers tells whether a stretch holds everything between two instants, as far as the recording goes. */
export const covers = (stretch: Stretch, from: number, to: number, bins: number): boolean =>
  stretch.from <= Math.max(0, Math.floor((from * 1000) / stretch.binMs)) &&
  stretch.from + stretch.pairs.length / 2 >= Math.min(bins, Math.ceil((to * 1000) / stretch.binMs));
