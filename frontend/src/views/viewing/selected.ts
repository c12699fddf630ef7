// What a person marked with the mouse on pages: the characters are boxes over
// the picture, so the text between them comes from the page, not from the DOM.

/** Boxed is a page's text and its characters in reading order. */
export interface Boxed {
  text: string;
  boxes: readonly { text: string }[];
}

/** offsets tells where each box begins in the text; a box that is not found there begins where the last one ended. */
export function offsets({ text, boxes }: Boxed): number[] {
  let end = 0;
  return boxes.map((box) => {
    const found = text.indexOf(box.text, end);
    const at = found < 0 ? end : found;
    end = at + (found < 0 ? 0 : box.text.length);
    return at;
  });
}

/** between gives the text from box `first` to box `last`, both within, as one line. */
export function between(page: Boxed, first: number, last: number): string {
  const at = offsets(page);
  const from = at[Math.min(first, last)];
  const until = at[Math.max(first, last)];
  const box = page.boxes[Math.max(first, last)];
  if (from === undefined || until === undefined || !box) return '';
  return oneLine(page.text.slice(from, until + box.text.length));
}

/** oneLine joins the lines of a text: Han run on, words keep a space. */
export const oneLine = (text: string) =>
  text
    .replace(/\s+/g, ' ')
    .replace(
      /(?<=[\p{Script=Han}，。、；：）〕》」』！？]) | (?=[\p{Script=Han}，。、；：（〔《「『！？])/gu,
      '',
    )
    .trim();
