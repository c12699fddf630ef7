// Every fault code has a sentence, every key used exists.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import codes from '@/api/codes.json';
import { articleName, articleOf, numeral } from './articles';
import faults from './faults.zh-CN.json';
import { sentenceFor } from './faults';
import { messages } from './index';

describe('faults', () => {
  it.each(codes as string[])('%s has a title and a text', (code) => {
    const entry = (faults as Record<string, { title?: string; text?: string }>)[code];
    expect(entry?.title, code).toBeTruthy();
    expect(entry?.text, code).toBeTruthy();
  });
  it('an unknown code falls back to a sentence and keeps its basis', () => {
    const sentence = sentenceFor('never.heard', { basis: 'S18.1' });
    expect(sentence.title).not.toBe('');
    expect(sentence.basis).toBe('S18.1');
  });
  it('fills parameters', () => {
    expect(JSON.stringify(sentenceFor('accounts.exclusive', { role: 'A', other: 'B' }))).toMatch(/A.*B/);
  });
});

describe('articles', () => {
  it('names and quotes a paragraph', () => {
    expect(articleName('S18.1')).toBe('《实施细则》第十八条第一款');
    expect(articleOf('S18.1').paragraphs).toHaveLength(1);
    expect(articleOf('S18').paragraphs.length).toBeGreaterThan(1);
  });
  it.each([
    [1, '一'],
    [10, '十'],
    [17, '十七'],
    [20, '二十'],
    [26, '二十六'],
  ])('%i is %s', (n, word) => expect(numeral(n)).toBe(word));
});

describe('keys', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.(vue|ts)$/.test(file) && !file.endsWith('.test.ts'),
  );
  const used = files.flatMap((file) =>
    [...readFileSync(join('src', file), 'utf8').matchAll(/\bt\(\s*'([\w-]+(?:\.[\w-]+)+)'/g)].map(
      (m) => m[1] ?? '',
    ),
  );
  const find = (key: string) =>
    key
      .split('.')
      .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], messages);

  it('used in the sources have words', () => {
    expect(used.length).toBeGreaterThan(100);
    expect([...new Set(used)].filter((key) => typeof find(key) !== 'string')).toEqual([]);
  });
});
