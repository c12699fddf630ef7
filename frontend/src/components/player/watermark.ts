// The watermark on screen: who looked, when and why, as part of the drawn frame.
// A photograph of the screen then carries it too.

import type { Viewing } from '@/api/types';
import { words } from '@/i18n';
import { dateTime } from '@/i18n/format';

/** watermarkText is name, number and session as the desk gives them, then when and why it was opened. */
export const watermarkText = (viewing: Pick<Viewing, 'watermark' | 'openedAt' | 'purpose'>): string =>
  [viewing.watermark, dateTime(viewing.openedAt), words('common.purpose.' + viewing.purpose)]
    .filter(Boolean)
    .join(' ');

const PLACES = [
  [0.02, 0.3],
  [0.38, 0.22],
  [0.7, 0.34],
  [0.04, 0.68],
  [0.4, 0.6],
  [0.72, 0.74],
  [0.2, 0.94],
  [0.58, 0.98],
] as const;
const TILT = (-18 * Math.PI) / 180;
const TEXT_PX = 12;

/** paintWatermark writes the text eight times over a picture that is shown `shownWidth` CSS pixels wide. */
export function paintWatermark(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  text: string,
  shownWidth: number,
  style = getComputedStyle(context.canvas),
) {
  if (!text) return;
  const scale = shownWidth > 0 ? width / shownWidth : 1;
  context.save();
  context.globalAlpha = Number(style.getPropertyValue('--o-watermark')) || 0.13;
  context.fillStyle = style.getPropertyValue('--c-stage-ink') || 'white';
  context.font = `${Math.max(8, TEXT_PX * scale)}px ${style.fontFamily}`;
  for (const [x, y] of PLACES) {
    context.save();
    context.translate(x * width, y * height);
    context.rotate(TILT);
    context.fillText(text, 0, 0);
    context.restore();
  }
  context.restore();
}

/**
 * stamp gives the painter of one text for many pictures after one another: the
 * text is written once for a size and laid over each, for writing it costs as
 * much as drawing the picture.
 */
export function stamp(text: string) {
  let sheet: HTMLCanvasElement | null = null;
  let shown = 0;
  return (context: CanvasRenderingContext2D, width: number, height: number, shownWidth: number) => {
    if (!sheet || sheet.width !== width || sheet.height !== height || shown !== shownWidth) {
      sheet = Object.assign(document.createElement('canvas'), { width, height });
      shown = shownWidth;
      const over = sheet.getContext('2d');
      if (over) paintWatermark(over, width, height, text, shownWidth, getComputedStyle(context.canvas));
    }
    context.drawImage(sheet, 0, 0);
  };
}
