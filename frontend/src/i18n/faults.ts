// From a fault code to a Chinese sentence. The sentences are shared with the
// command line (faults.zh-CN.json); a missing one falls back to "internal".
import { toAppError } from '@/api/errors';
import faults from './faults.zh-CN.json';

/** Sentence is what a person reads: what is not done, why, and what can be done now. */
export interface Sentence {
  code: string;
  title: string;
  text: string;
  next: string;
  /** Article key such as "S18.1", or "" when no rule is quoted. */
  basis: string;
  /** Position in the log when the refusal itself was logged, "" otherwise. */
  seq: string;
}

interface Entry {
  title?: string;
  text?: string;
  next?: string;
  /** Words for the codes that a parameter may carry. */
  words?: Record<string, Record<string, string>>;
}

/** sentenceOf turns anything thrown by the bridge into a sentence. */
export function sentenceOf(cause: unknown): Sentence {
  const error = toAppError(cause);
  return sentenceFor(error.code, error.params);
}

/** sentenceFor is the sentence of a code that came inside a DTO. */
export function sentenceFor(code: string, params: Readonly<Record<string, string>> = {}): Sentence {
  const all = faults as Record<string, Entry>;
  const entry = all[code] ?? all['internal'] ?? {};
  const word = (name: string, value: string) => entry.words?.[name]?.[value] ?? value;
  const fill = (text = '') =>
    text.replace(/\{(\w+)\}/g, (whole, name: string) =>
      params[name] === undefined ? whole : word(name, params[name]),
    );
  return {
    code,
    title: fill(entry.title) || code,
    text: fill(entry.text),
    next: fill(entry.next),
    basis: params['basis'] ?? '',
    seq: params['seq'] ?? '',
  };
}
