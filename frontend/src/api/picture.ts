// Pictures as they come from an open viewing.
import { AppError, toAppError } from './errors';
import { frameURL, type FrameWish } from './frames';

/** Fetched is one frame as it arrived; `provisional` says under which numbers it was asked for. */
export interface Fetched {
  picture: ImageBitmap;
  provisional: boolean;
}

/** picture fetches and decodes frame n (0-based). It rejects with an AppError. */
export async function picture(viewing: string, n: number, wish: FrameWish): Promise<Fetched> {
  const answer = await fetch(frameURL(viewing, n, wish), { cache: 'no-store' });
  if (!answer.ok) throw await refusal(answer);
  const provisional = answer.headers.get('X-Provisional') === 'true';
  return { picture: await createImageBitmap(await answer.blob()), provisional };
}

/** refusal is why an answer of a viewing holds nothing. */
export async function refusal(answer: Response): Promise<AppError> {
  if (answer.headers.get('X-Code') === 'superseded')
    return new AppError('superseded', 'a newer wish overtook this one');
  return toAppError(await answer.text());
}
