// The face of finding.
// Arguments are cast because the generated classes carry methods and the bridge takes plain data.
import * as face from '#wails/go/desktop/Search';
import { call } from './errors';
import type { Saved, SavedSearch, SearchMatrix, SearchRequest, SearchResult } from './types';

export const query = (request: SearchRequest) => call<SearchResult>(() => face.Query(request as never));

export const similar = (recordId: string) => call<SearchResult>(() => face.Similar(recordId));

export const saved = () => call<SavedSearch[]>(() => face.Saved());

export const save = (name: string, request: SearchRequest) =>
  call<SavedSearch>(() => face.Save(name, request as never));

export const forget = (id: string) => call<boolean>(() => face.Forget(id));

/** list seeks every line as it stands and tells in which cases it is found. */
export const list = (lines: string, request: SearchRequest) =>
  call<SearchMatrix>(() => face.List(lines, request as never));

/** listTable seeks a list anew and writes the matrix into a folder. */
export const listTable = (lines: string, request: SearchRequest, dir: string, format: 'xlsx' | 'csv') =>
  call<Saved>(() => face.ListTable(lines, request as never, dir, format));
