// The face of redacted copies: draft, candidate, check, approval, release (articles 18, 20).
// Arguments are cast because the generated classes carry methods and the bridge takes plain data.
import * as face from '#wails/go/desktop/Redaction';
import { call } from './errors';
import type { Copy, CopySummary, Draft, Released } from './types';

export const draft = (viewingId: string) => call<Draft>(() => face.Draft(viewingId));
export const saveDraft = (draft: Draft) => call<Draft>(() => face.SaveDraft(draft as never));
export const submit = (draftId: string) => call<CopySummary>(() => face.Submit(draftId));
export const copies = (state = '') => call<CopySummary[]>(() => face.Copies(state));
export const copy = (id: string) => call<Copy>(() => face.Copy(id));
export const check = (id: string, opinion: string, viewingId: string) =>
  call<Copy>(() => face.Check(id, opinion, viewingId));
export const sendBack = (id: string, reason: string) => call<Copy>(() => face.SendBack(id, reason));
export const approve = (id: string, opinion: string, viewingId: string) =>
  call<Copy>(() => face.Approve(id, opinion, viewingId));
export const reject = (id: string, opinion: string) => call<Copy>(() => face.Reject(id, opinion));
export const release = (id: string, dir: string) => call<Released>(() => face.Release(id, dir));
