import { describe, expect, it } from 'vitest';
import { between, offsets, oneLine, type Boxed } from './selected';

const page: Boxed = {
  text: '对仓库 实施\n查封 WZ-12 号。',
  boxes: [...'对仓库实施查封']
    .map((text) => ({ text }))
    .concat([{ text: 'WZ-12' }, { text: '号' }, { text: '。' }]),
};

describe('marked text on a page', () => {
  it('finds every box in its place', () => {
    expect(offsets(page).map((at, i) => page.text.slice(at, at + (page.boxes[i]?.text.length ?? 0)))).toEqual(
      page.boxes.map((box) => box.text),
    );
  });
  it('takes the text between two boxes, in either direction', () => {
    expect(between(page, 1, 6)).toBe('仓库实施查封');
    expect(between(page, 6, 1)).toBe('仓库实施查封');
    expect(between(page, 5, 8)).toBe('查封WZ-12号');
  });
  it('takes nothing beyond the boxes', () => {
    expect(between(page, 3, 99)).toBe('');
    expect(between({ text: '', boxes: [] }, 0, 0)).toBe('');
  });
  it('survives a box whose text is not on the page', () => {
    expect(between({ text: '甲乙', boxes: [{ text: '甲' }, { text: '丙' }, { text: '乙' }] }, 0, 2)).toBe(
      '甲乙',
    );
  });
  it('keeps the space between words', () => {
    expect(oneLine('GB 18030\n标准')).toBe('GB 18030标准');
  });
});
