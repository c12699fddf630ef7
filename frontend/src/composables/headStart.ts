// The first picture of a viewing is asked for while its page is still being
// built: a third of the wait for it was the page's own. Nothing of it is shown
// before the page shows it, and then it is written down like any other.
import { picture, type Fetched } from '@/api/picture';

interface Size {
  width: number;
  height: number;
}

interface Early extends Size {
  id: string;
  n: number;
  answer: Promise<Fetched | null>;
}

/** How large the glass was when it was measured last; the next one is most likely as large. */
let glass: Size | null = null;
let early: Early | null = null;

/** measured remembers the size of the glass in device pixels. */
export function measured(size: Size): void {
  glass = { width: Math.round(size.width), height: Math.round(size.height) };
}

/** begin asks for frame n (0-based) of a viewing that was opened just now. */
export function begin(id: string, n: number): void {
  drop();
  if (!glass) return;
  const wish = { generation: Date.now(), quality: 'move', view: 'original', ...glass } as const;
  // Whoever asks for the frame again meets the error himself.
  early = { id, n, ...glass, answer: picture(id, n, wish).catch(() => null) };
}

/**
 * taken gives the early picture, once; null when it is another frame or size, or
 * was asked for under provisional numbers that are verified now.
 */
export async function taken(
  id: string,
  n: number,
  size: Size,
  provisional: boolean,
): Promise<ImageBitmap | null> {
  const held = early;
  if (!held || held.id !== id) return null;
  const fits =
    held.n === n && held.width === Math.round(size.width) && held.height === Math.round(size.height);
  if (!fits) {
    drop();
    return null;
  }
  early = null;
  const answer = await held.answer;
  if (answer && answer.provisional === provisional) return answer.picture;
  answer?.picture.close();
  return null;
}

/** drop lets go of a picture that nobody took. */
export function drop(): void {
  void early?.answer.then((answer) => answer?.picture.close());
  early = null;
}
