// The face of keeping: checks, backups, retention, isolation.
import * as face from '#wails/go/desktop/Preservation';
import { call } from './errors';
import type {
  Appraisal,
  BackupKey,
  BackupSet,
  BackupState,
  Broken,
  CaseHold,
  Drill,
  Fixity,
  FixityReport,
  FixityRun,
  Isolation,
  IsolationStep,
  Restored,
  RetentionDue,
} from './types';

export const fixity = () => call<Fixity>(() => face.Fixity() as never);
export const startFixity = (scope: string, recordId: string) =>
  call<FixityRun>(() => face.StartFixity(scope, recordId) as never);
export const pauseFixity = () => call<undefined>(() => face.PauseFixity() as never);
export const resumeFixity = () => call<FixityRun>(() => face.ResumeFixity() as never);
export const report = (runId: string) => call<FixityReport>(() => face.Report(runId) as never);
export const locks = () => call<Broken[]>(() => face.Locks() as never);
/** mend puts an intact copy of a broken original back; gives the log position. */
export const mend = (recordId: string, path: string) => call<number>(() => face.Mend(recordId, path));
export const chooseFile = (title: string) => call<string>(() => face.ChooseFile(title));

export const backups = () => call<BackupState>(() => face.Backups() as never);
export const makeKey = (dir: string) => call<BackupKey>(() => face.MakeKey(dir) as never);
export const backup = (dir: string, key: string) => call<BackupSet>(() => face.Backup(dir, key) as never);
export const drill = (dir: string, keyPath: string, scratch: string) =>
  call<Drill>(() => face.Drill(dir, keyPath, scratch) as never);
export const restore = (from: string, keyPath: string, to: string) =>
  call<Restored>(() => face.Restore(from, keyPath, to) as never);
/** cancel stops a backup, restore or drill. */
export const cancel = (kind: string) => call<undefined>(() => face.Cancel(kind) as never);

export const retentionDue = () => call<RetentionDue[]>(() => face.RetentionDue() as never);
export const appraisals = () => call<Appraisal[]>(() => face.Appraisals() as never);
export const appraise = (caseId: string, outcome: string, until: string, opinion: string) =>
  call<Appraisal>(() => face.Appraise(caseId, outcome, until, opinion) as never);
export const approveAppraisal = (id: string, opinion: string) =>
  call<undefined>(() => face.ApproveAppraisal(id, opinion) as never);
export const registerDisposal = (id: string, inventory: string, on: string, supervisors: string[]) =>
  call<undefined>(() => face.RegisterDisposal(id, inventory, on, supervisors) as never);
export const holds = () => call<CaseHold[]>(() => face.Holds() as never);
export const hold = (caseCode: string, reason: string, basis: string) =>
  call<CaseHold>(() => face.Hold(caseCode, reason, basis) as never);
export const endHold = (id: string, reason: string) =>
  call<undefined>(() => face.EndHold(id, reason) as never);

export const isolated = () => call<Isolation[]>(() => face.Isolated() as never);
export const isolationSteps = (recordId: string) =>
  call<IsolationStep[]>(() => face.IsolationSteps(recordId) as never);
export const classify = (recordId: string, kind: string, reason: string) =>
  call<undefined>(() => face.Classify(recordId, kind, reason) as never);
export const requestTakeOut = (recordId: string, reason: string) =>
  call<undefined>(() => face.RequestTakeOut(recordId, reason) as never);
export const withdrawTakeOut = (recordId: string) =>
  call<undefined>(() => face.WithdrawTakeOut(recordId) as never);
export const confirmTakeOut = (recordId: string, dir: string) =>
  call<string>(() => face.ConfirmTakeOut(recordId, dir));
