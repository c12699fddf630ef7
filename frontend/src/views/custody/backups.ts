// What a person must be told about the backups.
import type { BackupState } from '@/api/types';

export type Warning = 'never' | 'old' | 'drill-never' | 'drill-bad' | 'drill-old' | 'key-here';

/** A backup older than this is too old, in days. */
const backupDays = 7;
/** A drill older than this is too old, in days. */
const drillDays = 180;

/** ageInDays counts whole days since a time; 0 for none. */
export function ageInDays(iso: string | undefined, now: Date): number {
  return iso ? Math.max(0, Math.floor((now.getTime() - new Date(iso).getTime()) / 86_400_000)) : 0;
}

/** warnings lists what is wrong, worst first. */
export function warnings(state: BackupState, now: Date): Warning[] {
  const out: Warning[] = [];
  const last = state.sets[0];
  const drill = state.drills[0];
  if (!last) out.push('never');
  else if (ageInDays(last.at, now) > backupDays) out.push('old');
  if (drill && !drill.equal) out.push('drill-bad');
  else if (last && !drill) out.push('drill-never');
  else if (drill && ageInDays(drill.at, now) > drillDays) out.push('drill-old');
  if (state.keys.some((key) => key.here)) out.push('key-here');
  return out;
}
