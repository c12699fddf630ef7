import { describe, expect, it } from 'vitest';
import { AppError, call, toAppError } from './errors';

describe('toAppError', () => {
  const wanted = { code: 'disclosure.self_approval', params: { basis: 'S18.1' } };
  const raw = { ...wanted, message: 'the submitter cannot approve' };
  it.each([
    ['an object', raw],
    ['its JSON', JSON.stringify(raw)],
    ['its JSON in an Error, as the real window throws it', new Error(JSON.stringify(raw))],
    ['an AppError', new AppError(raw.code, raw.message, raw.params)],
  ])('reads %s', (_name, cause) => expect(toAppError(cause)).toMatchObject(wanted));
  it.each([['plain words'], [new Error('plain words')], [undefined], [{ nothing: 1 }]])(
    'calls %s internal',
    (cause) => expect(toAppError(cause).code).toBe('internal'),
  );
});

describe('call', () => {
  it('turns a missing bridge into an error, not a crash', async () => {
    const missing = () => (undefined as unknown as { go: () => Promise<string> }).go();
    await expect(call(missing)).rejects.toBeInstanceOf(AppError);
  });
  it('gives the answer', async () => expect(await call<number>(() => Promise.resolve(7))).toBe(7));
});
