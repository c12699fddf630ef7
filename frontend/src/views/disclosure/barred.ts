// On one copy maker, checker and head are three people. Who is one of them is
// told so before he tries: the sentence of the refusal, less the words about an
// attempt that nobody made.
import { words } from '@/i18n';
import { sentenceFor, type Sentence } from '@/i18n/faults';

const bases: Record<string, string> = {
  'disclosure.self_check': 'R5',
  'disclosure.checker_approval': 'R5',
  'disclosure.self_approval': 'S18.1',
};

/** barred is the sentence of a code that bars this account from the copy; null for every other code. */
export function barred(code: string): Sentence | null {
  const basis = bases[code];
  if (!basis) return null;
  const key = code.replace('disclosure.', '');
  return { ...sentenceFor(code, { basis }), text: words('copies.barred.' + key) };
}
