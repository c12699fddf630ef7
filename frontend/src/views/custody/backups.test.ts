import { describe, expect, it } from 'vitest';
import type { BackupKey, BackupSet, BackupState, Drill } from '@/api/types';
import { ageInDays, warnings } from './backups';

const now = new Date('2026-11-27T08:00:00Z');
const ago = (days: number) => new Date(now.getTime() - days * 86_400_000).toISOString();
const set = (days: number) => ({ at: ago(days) }) as BackupSet;
const drill = (days: number, equal = true) => ({ at: ago(days), equal }) as Drill;
const key = (here: boolean) => ({ here }) as BackupKey;
const state = (sets: BackupSet[], drills: Drill[] = [], keys: BackupKey[] = []): BackupState => ({
  sets,
  drills,
  keys,
});

describe('warnings', () => {
  it.each([
    ['no backup at all', state([]), ['never']],
    ['a backup that was never tried', state([set(1)]), ['drill-never']],
    ['all well', state([set(7)], [drill(180)], [key(false)]), []],
    ['both too old', state([set(8)], [drill(181)]), ['old', 'drill-old']],
    ['the newest drill failed', state([set(0)], [drill(0, false), drill(1)]), ['drill-bad']],
    ['the key lies beside the archive', state([set(0)], [drill(0)], [key(false), key(true)]), ['key-here']],
  ])('%s', (_name, given, want) => expect(warnings(given, now)).toEqual(want));

  it('counts whole days and nothing for no time', () => {
    expect(ageInDays(ago(1.9), now)).toBe(1);
    expect(ageInDays(undefined, now)).toBe(0);
  });
});
