// tokens.css is the only source of colours, and its pairs are readable.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { naiveTheme } from './naive';

const css = readFileSync('src/theme/tokens.css', 'utf8');

function block(start: string): Map<string, string> {
  const from = css.indexOf(start);
  const body = css.slice(from, css.indexOf('\n}', from));
  return new Map(
    [...body.matchAll(/(--[\w-]+)\s*:\s*([^;]+);/g)].map((m) => [m[1] ?? '', (m[2] ?? '').trim()]),
  );
}

const light = block(':root{');
const dark = new Map([...light, ...block(':root[data-theme="dark"]')]);

function value(theme: Map<string, string>, token: string): string {
  const raw = theme.get(token) ?? '';
  const link = /^var\((--[\w-]+)\)$/.exec(raw);
  return link ? value(theme, link[1] ?? '') : raw;
}

function luminance(hex: string): number {
  const channel = (at: number) => {
    const v = parseInt(hex.slice(at, at + 2), 16) / 255;
    return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(theme: Map<string, string>, a: string, b: string): number {
  const [x, y] = [luminance(value(theme, a)), luminance(value(theme, b))];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

const grounds = ['--c-app', '--c-surface', '--c-sunken', '--c-raised', '--c-hover', '--c-sel'];
const families = ['must', 'may', 'ok', 'cov', 'mask', 'gap', 'find'];

describe.each([
  ['light', light],
  ['dark', dark],
])('contrast, %s', (_name, theme) => {
  it.each(
    ['--c-text', '--c-text-2', '--c-text-3'].flatMap((text) => grounds.map((ground) => [text, ground])),
  )('%s on %s is at least 4.5', (text, ground) =>
    expect(contrast(theme, text, ground)).toBeGreaterThanOrEqual(4.5),
  );
  it.each(families)('%s is readable on its weak ground and on panels', (family) => {
    expect(contrast(theme, `--c-${family}-text`, `--c-${family}-weak`)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(theme, `--c-${family}-text`, '--c-surface')).toBeGreaterThanOrEqual(4.5);
  });
  it('buttons, links and marks are readable', () => {
    expect(contrast(theme, '--c-on-accent', '--c-accent')).toBeGreaterThanOrEqual(4.5);
    expect(contrast(theme, '--c-accent-text', '--c-surface')).toBeGreaterThanOrEqual(4.5);
    expect(contrast(theme, '--c-accent-text', '--c-accent-weak')).toBeGreaterThanOrEqual(4.5);
    expect(contrast(theme, '--c-hit-text', '--c-hit')).toBeGreaterThanOrEqual(4.5);
  });
  it('what can be operated has a border of 3:1', () =>
    expect(contrast(theme, '--c-line-2', '--c-surface')).toBeGreaterThanOrEqual(3));
});

describe('naive theme', () => {
  it.each([
    ['light', light],
    ['dark', dark],
  ])('builds from the %s tokens without a gap or an unresolved variable', (_name, theme) => {
    const asked: string[] = [];
    const overrides = naiveTheme((token) => {
      asked.push(token);
      return value(theme, token);
    });
    expect(asked.filter((token) => value(theme, token) === '')).toEqual([]);
    expect(overrides.common?.primaryColor).toBe(value(theme, '--c-accent'));
    for (const color of Object.values(overrides.common ?? {}).filter((v) => String(v).startsWith('var('))) {
      expect(color).toBe('resolved');
    }
  });
});

describe('sources', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.(vue|ts)$/.test(file) && !/\.test\.ts$|testing/.test(file),
  );
  it('hold no hex colour outside tokens.css', () => {
    const guilty = files.filter((file) =>
      /#[0-9a-fA-F]{3,8}\b(?![\w-])/.test(colours(readFileSync(join('src', file), 'utf8'))),
    );
    expect(guilty).toEqual([]);
  });
  it('never say that a person saw something', () => {
    const words = readdirSync('src/i18n/zh-CN').map((file) =>
      readFileSync(join('src/i18n/zh-CN', file), 'utf8'),
    );
    for (const text of words) expect(text).not.toMatch(/已看|已阅|看过|已读|抱歉|温馨提示|点击此处|！/);
  });
});

// Comments and imports like '#wails' are no colours.
function colours(source: string): string {
  return source.replace(/\/\/.*|\/\*[\s\S]*?\*\/|'#wails[^']*'/g, '');
}
