// The life of a copy: Draft → Candidate → Checked → Approved | Rejected →
// Released → Withdrawn. Colour only where a person must act or a thing is settled.

export type Tone = '' | 'may' | 'ok' | 'must' | 'acc';

const tones: Record<string, Tone> = {
  making: 'acc',
  candidate: 'may',
  checked: 'may',
  approved: 'ok',
  rejected: '',
  released: 'ok',
  withdrawn: '',
  failed: 'must',
};

export const stateTone = (state: string): Tone => tones[state] ?? '';

/** The steps of the flow column, in order. */
export const flow = ['submitted', 'made', 'checked', 'viewed', 'decided', 'released'] as const;
export type FlowStep = (typeof flow)[number];

const reached: Record<string, number> = {
  making: 1,
  failed: 1,
  candidate: 2,
  checked: 3,
  approved: 5,
  rejected: 5,
  released: 6,
  withdrawn: 6,
};

/**
 * current is the index of the step that is on; flow.length when all is done. Who
 * viewed the candidate as its approver is at the decision, checked or not.
 */
export const current = (state: string, decides: boolean): number =>
  decides && ['candidate', 'checked'].includes(state) ? 4 : (reached[state] ?? 0);
