// The face of what became of the text of papers.
import * as face from '#wails/go/desktop/Texts';
import { call } from './errors';
import type { TextList, TextOverview } from './types';

export const overview = () => call<TextOverview>(() => face.Overview());
export const list = (state: string, before: string) => call<TextList>(() => face.List(state, before));
/** Takes the text anew: of these records, or of all in the state for none. Gives how many wait now. */
export const retry = (state: string, ids: string[]) => call<number>(() => face.Retry(state, ids));
