// The articles of 《实施细则》, quoted word for word from articles.json.
import articles from './articles.json';
import { t } from './index';

/** Article is an article, or one paragraph of it, ready to show. */
export interface Article {
  /** For instance 《实施细则》第十八条第一款. */
  name: string;
  paragraphs: string[];
}

/** numeral writes 1–99 in Chinese. */
export function numeral(n: number): string {
  const sign = (at: number) => [...t('common.numerals')][at] ?? ''; // 0 to 10
  const tens = Math.floor(n / 10);
  const ones = n % 10;
  if (tens === 0) return sign(ones);
  return (tens > 1 ? sign(tens) : '') + sign(10) + (ones > 0 ? sign(ones) : '');
}

/** articleName names a key: "S18.1" → 《实施细则》第十八条第一款, and our own rules ("R1") by their title. Unknown keys come back unchanged. */
export function articleName(key: string): string {
  const parts = /^S(\d+)(?:\.(\d+))?$/.exec(key);
  if (!parts) return (articles as Record<string, { title?: string }>)[key]?.title ?? key;
  const article = t('common.article', { n: numeral(Number(parts[1])) });
  return parts[2] ? article + t('common.paragraph', { n: numeral(Number(parts[2])) }) : article;
}

/** articleOf gives the words of a key; no paragraphs when the text is not at hand. */
export function articleOf(key: string): Article {
  const [article = '', paragraph] = key.split('.');
  const list = (articles as Record<string, { paragraphs: string[] }>)[article]?.paragraphs ?? [];
  const picked = paragraph ? list.slice(Number(paragraph) - 1, Number(paragraph)) : list;
  return { name: articleName(key), paragraphs: picked.length > 0 ? picked : list };
}
