// Words of a query found again in a text. Only for the eye: what counts as a hit
// was decided by the search.

export interface Piece {
  text: string;
  mark: boolean;
}

const operators = /^(AND|OR|NOT|NEAR(\/\d+)?|[-!－].*|且|并且|或|或者|非|不含|除去|邻近)$/;
const inText = /^(正文|内容|题名|标题|text|title)[:：]/i;

/** queryWords takes the words out of a query: without quotes, operators, and fields other than text and title. */
export function queryWords(query: string): string[] {
  const words = query
    .normalize('NFKC')
    .replace(/["“”「」()（）+，。、；]/g, ' ')
    .split(/\s+/)
    .map((word) => word.replace(inText, '').replace(/[~～]\d*$/, ''))
    .filter((word) => word && !operators.test(word) && !/^[^\d:]+:/.test(word));
  return [...new Set(words)];
}

/** pieces cuts a text at the words, without regard to case. */
export function pieces(text: string, words: readonly string[]): Piece[] {
  if (words.length === 0) return [{ text, mark: false }];
  const escaped = words.map((word) =>
    word
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\?/g, '.')
      .replace(/\*/g, '.{0,20}?'),
  );
  const parts = text.split(new RegExp(`(${escaped.join('|')})`, 'gi'));
  return parts.map((part, i) => ({ text: part, mark: i % 2 === 1 })).filter((piece) => piece.text !== '');
}

/** has tells whether any of the words stands in the text. */
export const has = (text: string, words: readonly string[]) =>
  pieces(text, words).some((piece) => piece.mark);
