// Thumbnails and sound curve of an open viewing, fetched once and let go of with
// the view. While they are being made nothing is shown and nothing fails.
import { onBeforeUnmount, shallowRef } from 'vue';
import { on } from '@/api/events';
import * as api from '@/api/preview';
import type { Viewing } from '@/api/types';
import { covers, levelFor, placeOf, tileAt, type PreviewInfo, type Stretch } from '@/player/preview';

/** Small picture, and where it lies on its sheet. */
export interface Thumb {
  tile: number;
  sheet: ImageBitmap;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Sheets kept decoded: about 100 MB. */
const SHEETS = 12;

/** usePreview begins when `ready` says so: the first picture goes before small ones. */
export function usePreview(viewing: Viewing, ready: Promise<void> = Promise.resolve()) {
  const info = shallowRef<PreviewInfo | null>(null);
  /** Rises when something new can be drawn. */
  const version = shallowRef(0);
  const wave = shallowRef<Stretch | null>(null);
  const sheets = new Map<number, ImageBitmap | null>();
  let gone = false;
  let wanted = '';

  async function load(): Promise<void> {
    if (viewing.copyId || info.value) return;
    const found = await api.preview(viewing.id).catch(() => null);
    if (gone || !found) return;
    info.value = found;
    version.value++;
    const last = placeOf(found, Math.max(0, found.tiles.length - 1)).sheet;
    for (let n = 0; found.tiles.length > 0 && n <= Math.min(last, SHEETS - 1); n++) await fetchSheet(n);
  }

  async function fetchSheet(n: number): Promise<void> {
    if (gone || sheets.has(n)) return;
    sheets.set(n, null);
    const picture = await api.sheet(viewing.id, n).catch(() => null);
    if (gone) return picture?.close();
    if (!picture) {
      sheets.delete(n);
      return;
    }
    for (const [old, kept] of sheets) {
      if (sheets.size <= SHEETS || old === n) break;
      kept?.close();
      sheets.delete(old);
    }
    sheets.set(n, picture);
    version.value++;
  }

  /** thumbAt is the small picture for an instant; null while it is not there. */
  function thumbAt(seconds: number): Thumb | null {
    const held = info.value;
    if (!held) return null;
    const tile = tileAt(held.tiles, seconds);
    if (tile < 0) return null;
    const place = placeOf(held, tile);
    const sheet = sheets.get(place.sheet);
    if (!sheet) {
      void fetchSheet(place.sheet);
      return null;
    }
    return { tile, sheet, x: place.x, y: place.y, width: held.tile_width, height: held.tile_height };
  }

  /** want asks for the curve of a stretch on so many pixels; `wave` changes when it is there. */
  async function want(track: number, from: number, to: number, pixels: number): Promise<void> {
    const levels = info.value?.tracks[track]?.levels ?? [];
    const level = levelFor(levels, (to - from) / Math.max(1, pixels));
    const found = levels[level];
    if (!found) return;
    const key = `${track}/${level}`;
    const kept = wave.value;
    if (kept && wanted.startsWith(key + ':') && kept.level === level && covers(kept, from, to, found.bins))
      return;
    const margin = to - from;
    const first = Math.max(0, Math.floor(((from - margin) * 1000) / found.bin_ms));
    const last = Math.min(found.bins, Math.ceil(((to + margin) * 1000) / found.bin_ms));
    const now = `${key}:${first}`;
    if (wanted === now) return;
    wanted = now;
    const wish = { track, level, binMs: found.bin_ms, from: first, count: last - first };
    const stretch = await api.wave(viewing.id, wish).catch(() => null);
    if (gone || wanted !== now) return;
    if (stretch) wave.value = stretch;
    else wanted = '';
  }

  const stop = on('job', (job) => {
    if (job.kind === 'preview' && job.state === 'done' && job.subject === viewing.record.id) void load();
  });

  onBeforeUnmount(() => {
    gone = true;
    stop();
    for (const each of sheets.values()) each?.close();
    sheets.clear();
  });
  void ready.then(load);

  return { info, version, wave, thumbAt, want };
}

export type Preview = ReturnType<typeof usePreview>;
