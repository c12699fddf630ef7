// Which reasons a person may give follows from the role (law-and-features §8.6),
// and which of them need a number to stand on.

interface Reason {
  key: string;
  /** Any one of these permissions, [] for everybody who may view. */
  any: string[];
  /** The number, person or document that must be named. */
  needs: boolean;
}

const reasons: Reason[] = [
  { key: 'planned', any: ['review'], needs: false },
  { key: 'case', any: ['review', 'approve'], needs: true },
  { key: 'complaint', any: ['review', 'approve'], needs: true },
  { key: 'disclosure', any: ['redact', 'release'], needs: true },
  { key: 'redaction', any: ['redact'], needs: false },
  { key: 'approval', any: ['approve', 'check', 'secrecy'], needs: false },
  { key: 'arrangement', any: ['describe', 'store'], needs: false },
  { key: 'litigation', any: [], needs: true },
  { key: 'inspection', any: ['plan'], needs: true },
  { key: 'other', any: [], needs: false },
];

/** purposesFor lists the reasons of an account, in the order of the dialog. */
export function purposesFor(mayAny: (...permissions: string[]) => boolean): string[] {
  return reasons
    .filter((reason) => reason.any.length === 0 || mayAny(...reason.any))
    .map((reason) => reason.key);
}

/** needsBasis tells whether a reason must name a number, person or document. */
export const needsBasis = (purpose: string) =>
  reasons.find((reason) => reason.key === purpose)?.needs ?? false;

/** missing tells whether a viewing may be asked for: "" or what is missing. */
export function missing(purpose: string, basis: string, note: string): '' | 'purpose' | 'basis' | 'note' {
  if (purpose === '') return 'purpose';
  if (purpose === 'other' && note.trim() === '') return 'note';
  if (needsBasis(purpose) && basis.trim() === '') return 'basis';
  return '';
}
