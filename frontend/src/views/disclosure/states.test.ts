import { expect, it } from 'vitest';
import { current, flow } from './states';

it('walks through the states of a copy in the order of the flow', () => {
  const step = (state: string, decides = false) => flow[current(state, decides)];
  expect(step('making')).toBe('made');
  expect(step('candidate')).toBe('checked');
  expect(step('checked')).toBe('viewed');
  expect(step('approved')).toBe('released');
  expect(current('released', false)).toBe(flow.length);
});

it('leads to the decision who may decide, checked or not, and nobody after it', () => {
  for (const state of ['candidate', 'checked']) expect(flow[current(state, true)]).toBe('decided');
  expect(flow[current('making', true)]).toBe('made');
  expect(current('released', true)).toBe(flow.length);
});
