// The face of reading scans.
import * as face from '#wails/go/desktop/Recognition';
import { call } from './errors';
import type { RecognitionStatus } from './types';

export const status = () => call<RecognitionStatus>(() => face.Status());
export const pause = (paused: boolean) => call(() => face.Pause(paused));
export const readAgain = (recordId: string) => call(() => face.ReadAgain(recordId));
