// The facts of an entry in one line, in Chinese where a word is known.
import { messages, t, words } from '@/i18n';
import { articleName } from '@/i18n/articles';
import { sentenceFor } from '@/i18n/faults';
import { bytes, NONE } from '@/i18n/format';

/** factLine joins the facts that have a Chinese name: "事由 计划调阅，页 3". The whole stands in the entry. */
export function factLine(facts: Record<string, unknown> | null | undefined): string {
  const parts = Object.entries(facts ?? {})
    .filter(([, value]) => value !== '' && value !== null && typeof value !== 'object')
    .map(([key, value]) => [words('audit.fact.' + key), factValue(key, String(value))])
    .filter(([name, value]) => name && value)
    .map(([name, value]) => `${name} ${value}`);
  return parts.join('，') || NONE;
}

const tables: Record<string, string[]> = {
  purpose: ['common.purpose.'],
  stage: ['common.stage.'],
  medium: ['common.medium.'],
  kind: ['common.kind.', 'audit.close.', 'common.job.'],
  of: ['common.job.'],
  state: ['casefile.text.', 'casefile.indexState.', 'copies.state.'],
  index: ['casefile.indexState.'],
  sound: ['audit.sound.'],
  timeliness: ['casefile.timeliness.'],
};

// Codes are told by their word, ids and digests by their beginning, sizes as sizes.
function factValue(key: string, text: string): string {
  const word = (tables[key] ?? []).map((table) => words(table + text)).find(Boolean);
  if (word) return word;
  if (tables[key]) return '';
  if (key === 'roles')
    return text
      .split(' ')
      .map((role) => words('common.role.' + role) || role)
      .join('、');
  if (key === 'frameRanges') return t('audit.frameRanges', { n: text });
  if (key === 'pageRanges') return t('audit.pageRanges', { n: text });
  if (key === 'speed') return text.replaceAll(/-?[\d.]+/g, (n) => n.replace('-', '−') + '×');
  if (key === 'code') return sentenceFor(text).title;
  if (key === 'basis') return articleName(text);
  if (key === 'size') return bytes(Number(text));
  if (/^[0-9a-f]{64}$/.test(text)) return text.slice(0, 8) + '…';
  return /^[0-9a-f]{8}-[0-9a-f]{4}-/.test(text) ? '…' + text.slice(-6) : text;
}

const events = (messages['audit']?.['event'] ?? {}) as Record<string, string>;

/** eventName is the Chinese name of an event; PREMIS labels carry spaces, so they are no message paths. */
export const eventName = (event: string): string => events[event] ?? event;
