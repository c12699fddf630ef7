// The face of the register of viewings and the log.
// Arguments are cast because the generated classes carry methods and the bridge takes plain data.
import * as face from '#wails/go/desktop/Register';
import { call } from './errors';
import type {
  Checkpoint,
  LogFilter,
  LogHead,
  LogRow,
  LogTally,
  Paper,
  RegisterFilter,
  Saved,
  Verification,
  ViewingRow,
} from './types';

export const viewings = (filter: RegisterFilter) => call<ViewingRow[]>(() => face.Viewings(filter as never));
export const session = (viewingId: string) => call<ViewingRow>(() => face.Session(viewingId));
export const entries = (filter: LogFilter) => call<LogRow[]>(() => face.Entries(filter as never));
export const tally = (filter: LogFilter) => call<LogTally>(() => face.Tally(filter as never));
export const head = () => call<LogHead>(() => face.Head());
export const verify = () => call<Verification>(() => face.Verify());
export const cancelVerify = () => call<undefined>(() => face.CancelVerify());
export const checkpoint = () => call<Checkpoint>(() => face.Checkpoint());
export const paper = (filter: RegisterFilter) => call<Paper>(() => face.Paper(filter as never));
export const workbook = (filter: RegisterFilter, dir: string) =>
  call<Saved>(() => face.Workbook(filter as never, dir));
export const logPaper = (filter: LogFilter) => call<Paper>(() => face.LogPaper(filter as never));
export const logWorkbook = (filter: LogFilter, dir: string) =>
  call<Saved>(() => face.LogWorkbook(filter as never, dir));
