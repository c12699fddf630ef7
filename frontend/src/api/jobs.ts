// The face of long work.
import * as face from '#wails/go/desktop/Jobs';
import { call } from './errors';
import type { Job } from './types';

export const list = () => call<Job[]>(() => face.List());
