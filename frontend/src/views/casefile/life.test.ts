import { describe, expect, it } from 'vitest';
import type { ArchiveRecord, HistoryItem, Life } from '@/api/types';
import { messages } from '@/i18n';
import { FIRST, lifePaper, MORE, stageOf } from './life';

const item = (seq: number, event: string, facts: Record<string, string> = {}): HistoryItem => ({
  seq,
  at: '2026-11-27T08:00:00Z',
  event,
  actor: '何静',
  result: 'ok',
  facts,
});
const life = (items: HistoryItem[]): Life => ({
  record: {
    title: '笔录',
    code: 'D30-012-004',
    sha256: 'ab'.repeat(32),
    sm3: 'cd'.repeat(32),
  } as ArchiveRecord,
  items,
  seq: 99,
  organ: '局',
  at: '2026-11-27T08:00:00Z',
  by: '0203 何静',
  root: 'ef'.repeat(32),
  size: 99,
});

describe('stageOf', () => {
  it.each([
    ['ingestion', 'store'],
    ['description', 'describe'],
    ['fixity check', 'check'],
    ['displaying', 'view'],
    ['redaction', 'redact'],
    ['dissemination', 'release'],
    ['deaccession', 'retire'],
    ['never heard of', 'other'],
  ])('%s is %s', (event, stage) => {
    expect(stageOf(event)).toBe(stage);
    expect((messages['life']?.['stage'] as Record<string, string>)[stage]).toBeTruthy();
  });
});

describe('lifePaper', () => {
  it('gives each step its person, time, digest and log position', () => {
    const [row] = lifePaper(
      life([item(7, 'ingestion', { sha256: '0123456789ab' + 'f'.repeat(52) })]),
    ).pages.flatMap((page) => page.rows);
    expect(row?.cells).toEqual([
      '存储',
      '#7',
      '2026-11-27 16:00:00',
      '收存',
      '何静',
      '—',
      '0123 4567 … ffff',
    ]);
  });
  it('loses no step at the foot of a sheet', () => {
    for (const n of [0, FIRST, FIRST + 1, FIRST + MORE, FIRST + MORE + 1]) {
      const paper = lifePaper(life(Array.from({ length: n }, (_, i) => item(i + 1, 'shown'))));
      expect(paper.pages.flatMap((page) => page.rows)).toHaveLength(n);
      expect(paper.pages.map((page) => page.of)).toEqual(paper.pages.map(() => paper.pages.length));
      expect(paper.pages.length).toBe(n <= FIRST ? 1 : 1 + Math.ceil((n - FIRST) / MORE));
    }
  });
});
