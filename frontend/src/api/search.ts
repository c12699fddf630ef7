// The face of finding.
// Arguments are cast because the generated classes carry methods and the bridge takes plain data.
import * as face from '#wails/go/desktop/Search';
import { call } from './errors';
import type { SearchRequest, SearchResult } from './types';

export const query = (request: SearchRequest) => call<SearchResult>(() => face.Query(request as never));
