// How long something takes, as a person says it.
import { NONE } from './format';
import { t } from './index';

/** duration writes seconds as 42 秒, 12 分 or 3 小时 20 分; unknown (below 0) is 「—」. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds) || seconds < 0) return NONE;
  if (seconds < 60) return t('common.duration.seconds', { n: Math.max(1, Math.ceil(seconds)) });
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return t('common.duration.minutes', { n: minutes });
  return t('common.duration.hours', { h: Math.floor(minutes / 60), m: minutes % 60 });
}
