// The face of case files and their records.
// Arguments are cast because the generated classes carry methods and the bridge takes plain data.
import * as face from '#wails/go/desktop/Cases';
import { call } from './errors';
import type { ArchiveRecord, CaseFile, CaseSummary, HistoryItem, Life, NewCase } from './types';

export const list = (text = '') => call<CaseSummary[]>(() => face.List(text));
export const get = (id: string) => call<CaseFile>(() => face.Get(id));
export const add = (fresh: NewCase) => call<CaseSummary>(() => face.Add(fresh as never));
export const record = (id: string) => call<ArchiveRecord>(() => face.Record(id));
export const history = (recordId: string) => call<HistoryItem[]>(() => face.History(recordId));
/** life is a record's life for paper; laying it out is an entry of the log. */
export const life = (recordId: string) => call<Life>(() => face.Life(recordId) as never);
