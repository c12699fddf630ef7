// Thumbnails and sound curves of an open viewing. Like frames they have no
// address outside it.
import type { PreviewInfo, Stretch } from '@/player/preview';
import { toAppError } from './errors';

const base = (viewing: string) => `/viewings/${encodeURIComponent(viewing)}`;

async function ask(url: string): Promise<Response> {
  const answer = await fetch(url, { cache: 'no-store' });
  if (!answer.ok) throw toAppError(await answer.text());
  return answer;
}

/** preview describes what there is, null while it is still being made. */
export async function preview(viewing: string): Promise<PreviewInfo | null> {
  const answer = (await (await ask(`${base(viewing)}/preview`)).json()) as {
    ready: boolean;
    info?: PreviewInfo;
  };
  return answer.ready ? (answer.info ?? null) : null;
}

/** sheet fetches a sheet of thumbnails as a picture. */
export const sheet = async (viewing: string, n: number): Promise<ImageBitmap> =>
  createImageBitmap(await (await ask(`${base(viewing)}/sheets/${n}`)).blob());

/** contact fetches the contact sheet as a picture. */
export const contact = async (viewing: string): Promise<ImageBitmap> =>
  createImageBitmap(await (await ask(`${base(viewing)}/sheets/contact`)).blob());

/** wave fetches a stretch of a sound curve. */
export async function wave(
  viewing: string,
  wish: { track: number; level: number; binMs: number; from: number; count: number },
): Promise<Stretch> {
  const { track, level, binMs, from, count } = wish;
  const answer = await ask(`${base(viewing)}/wave?track=${track}&level=${level}&from=${from}&count=${count}`);
  return { level, binMs, from, pairs: new Int8Array(await answer.arrayBuffer()) };
}
