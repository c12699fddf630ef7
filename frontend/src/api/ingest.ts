// The face of receiving recordings and documents (article 17).
// Arguments are cast because the generated classes carry methods and the bridge takes plain data.
import * as face from '#wails/go/desktop/Ingest';
import { call } from './errors';
import type { IngestJob, IngestOutcome, IngestRequest } from './types';

export const chooseFiles = () => call<string[]>(() => face.ChooseFiles());
export const chooseFolder = () => call<string>(() => face.ChooseFolder());
export const inspect = (paths: string[]) => call<IngestOutcome[]>(() => face.Inspect(paths));
export const submit = (request: IngestRequest) => call<IngestJob>(() => face.Submit(request as never));
export const job = (id: string) => call<IngestJob>(() => face.Job(id));
export const cancel = (id: string) => call<undefined>(() => face.Cancel(id));
export const recent = () => call<IngestJob[]>(() => face.Recent());
