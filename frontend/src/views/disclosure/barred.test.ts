import { expect, it } from 'vitest';
import { barred } from './barred';

it('says who is barred before anything was tried, on which basis', () => {
  for (const [code, basis] of [
    ['disclosure.self_check', 'R5'],
    ['disclosure.checker_approval', 'R5'],
    ['disclosure.self_approval', 'S18.1'],
  ] as const) {
    const sentence = barred(code);
    expect(sentence?.basis).toBe(basis);
    expect(sentence?.title).toMatch(/不能/);
    expect(sentence?.text).toMatch(/这份副本/);
    expect(sentence?.text).not.toMatch(/已写入日志|没有/);
  }
});

it('leaves every other reason to its own place', () => {
  for (const code of ['', 'disclosure.state', 'disclosure.not_viewed', 'accounts.forbidden'])
    expect(barred(code)).toBeNull();
});
