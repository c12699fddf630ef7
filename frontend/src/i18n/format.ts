// Numbers, sizes, times and dates as ui.md §2 writes them. Unknown is 「—」.

export const NONE = '—';

/** count writes 63450 as 63,450. */
export const count = (n: number | null | undefined) =>
  n === null || n === undefined || !Number.isFinite(n) ? NONE : Math.round(n).toLocaleString('en-US');

/** frameNumber writes a 0-based frame as a person counts it, from 1. */
export const frameNumber = (n: number | null | undefined) =>
  n === null || n === undefined ? NONE : count(n + 1);

/** bytes writes a size with the unit a person expects; decimal, as disks are sold. */
export function bytes(n: number | null | undefined): string {
  if (n === null || n === undefined || n < 0) return NONE;
  if (n < 1000) return `${n} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = n;
  let unit = -1;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`;
}

/** clock writes seconds as 00:12:46, or 00:12:46.520 with milliseconds. */
export function clock(seconds: number | null | undefined, millis = false): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds) || seconds < 0) return NONE;
  const total = millis ? Math.round(seconds * 1000) : Math.floor(seconds + 1e-9) * 1000;
  const two = (n: number) => String(n).padStart(2, '0');
  const whole = Math.floor(total / 1000);
  const text = `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return millis ? `${text}.${String(total % 1000).padStart(3, '0')}` : text;
}

/** percent writes a share of 0..1; whole numbers at both ends, never 100% for less than all. */
export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return NONE;
  if (share <= 0) return '0%';
  if (share >= 1) return '100%';
  const tenths = Math.min(999, Math.max(1, Math.floor(share * 1000)));
  return `${(tenths / 10).toFixed(1)}%`;
}

const beijing = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'short',
  timeStyle: 'medium',
});

function stamp(iso: string | null | undefined): string {
  if (!iso) return '';
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? '' : beijing.format(at);
}

/** date writes 2026-11-23. A bare date passes through. */
export const date = (iso: string | null | undefined) =>
  !iso ? NONE : iso.length <= 10 ? iso : stamp(iso).slice(0, 10) || NONE;

/** dateTime writes 2026-11-23 15:02 (Beijing time). */
export const dateTime = (iso: string | null | undefined) => stamp(iso).slice(0, 16) || NONE;

/** dateTimeSeconds writes 2026-11-23 15:02:10 (Beijing time). */
export const dateTimeSeconds = (iso: string | null | undefined) => stamp(iso) || NONE;

/** timeOfDay writes 15:02. */
export const timeOfDay = (iso: string | null | undefined) => stamp(iso).slice(11, 16) || NONE;

/** grouped writes a digest in groups of eight. */
export const grouped = (hex: string) => hex.replace(/(.{8})(?=.)/g, '$1 ');

/** shortDigest writes the two first and the last group of four: 4c9e 07d2 … a17b. */
export const shortDigest = (hex: string) =>
  hex.length < 12 ? hex || NONE : `${hex.slice(0, 4)} ${hex.slice(4, 8)} … ${hex.slice(-4)}`;
