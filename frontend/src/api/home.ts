// The face of the home screen.
import * as face from '#wails/go/desktop/Home';
import { call } from './errors';
import type { Overview } from './types';

export const overview = () => call<Overview>(() => face.Overview());
