// The face of the reading room: nothing is shown outside an open viewing.
// Arguments are cast because the generated classes carry methods and the bridge takes plain data.
import * as face from '#wails/go/desktop/Viewings';
import { call } from './errors';
import type {
  Amendment,
  Annotation,
  Coverage,
  Interval,
  PageText,
  TranscriptLine,
  Transcription,
  Viewing,
  ViewingRequest,
} from './types';

export const open = (request: ViewingRequest) => call<Viewing>(() => face.Open(request as never));
export const get = (id: string) => call<Viewing>(() => face.Get(id));
export const present = (id: string, intervals: Interval[]) =>
  call<Coverage>(() => face.Present(id, intervals as never));
export const close = (id: string) => call<undefined>(() => face.Close(id));
export const times = (id: string) => call<number[]>(() => face.Times(id));
export const keyframes = (id: string) => call<number[]>(() => face.Keyframes(id));
export const transcripts = (id: string) => call<TranscriptLine[]>(() => face.Transcripts(id));
export const transcriptVersions = (id: string, line: string) =>
  call<TranscriptLine[]>(() => face.TranscriptVersions(id, line));
export const transcriptAt = (id: string, version: string) =>
  call<TranscriptLine>(() => face.TranscriptAt(id, version));
export const amend = (id: string, amendment: Amendment) =>
  call<TranscriptLine>(() => face.Amend(id, amendment as never));
/** transcription says how far a machine's words of the recording are. */
export const transcription = (id: string) => call<Transcription>(() => face.Transcription(id));
export const transcribe = (id: string) => call<Transcription>(() => face.Transcribe(id));
export const stopTranscription = (id: string) => call<Transcription>(() => face.StopTranscription(id));
export const pageText = (id: string, page: number, query: string) =>
  call<PageText>(() => face.PageText(id, page, query));
export const annotations = (id: string) => call<Annotation[]>(() => face.Annotations(id));
export const annotate = (id: string, annotation: Annotation) =>
  call<Annotation>(() => face.Annotate(id, annotation as never));
/** takeaway tells the desk of a try to copy, print or save; it always refuses. */
export const takeaway = (id: string, act: string) => call<undefined>(() => face.Takeaway(id, act) as never);
