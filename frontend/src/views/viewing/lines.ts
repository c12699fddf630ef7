// How a line of a transcript is called on the screen.
import type { TranscriptLine } from '@/api/types';

type Say = (key: string, values: Record<string, unknown>) => string;

/** lineName says where a line came from, and what it calls itself. */
export function lineName(
  line: Pick<TranscriptLine, 'origin' | 'track' | 'label' | 'language'>,
  t: Say,
): string {
  const origin = t('viewing.words.origin.' + line.origin, { n: line.track });
  const language = line.language ? t('viewing.words.language', { code: line.language }) : '';
  return [origin, line.label, language].filter(Boolean).join('　');
}
