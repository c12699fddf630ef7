// The shapes that cross the bridge, taken from the generated models so that they
// cannot drift. The generator makes classes with methods; here they are plain data.
import type { desktop } from '#wails/go/models';

/** Plain drops the generator's methods, at every depth. */
export type Plain<T> = T extends (infer U)[]
  ? Plain<U>[]
  : T extends object
    ? { [K in keyof T as T[K] extends (...args: never[]) => unknown ? never : K]: Plain<T[K]> }
    : T;

export type Account = Plain<desktop.Account>;
export type Engine = Plain<desktop.Engine>;
export type Helpers = Plain<desktop.Helpers>;
export type Annotation = Plain<desktop.Annotation>;
export type Archive = Plain<desktop.Archive>;
export type Box = Plain<desktop.Box>;
export type ArchiveRecord = Plain<desktop.Record>;
export type Stage = Plain<desktop.Stage>;
export type CaseSummary = Plain<desktop.CaseSummary>;
export type CaseFile = Plain<desktop.CaseFile>;
export type Checkpoint = Plain<desktop.Checkpoint>;
export type HistoryItem = Plain<desktop.HistoryItem>;
export type Range = Plain<desktop.Range>;
export type Coverage = Plain<desktop.Coverage>;
export type CopyCheck = Plain<desktop.CopyCheck>;
export type CopyItem = Plain<desktop.CopyItem>;
export type CopySummary = Plain<desktop.CopySummary>;
export type Copy = Plain<desktop.Copy>;
export type Count = Plain<desktop.Count>;
export type Amendment = Plain<desktop.Amendment>;
export type Cue = Plain<desktop.Cue>;
export type Transcription = Plain<desktop.Transcription>;
export type TranscriptLine = Plain<desktop.TranscriptLine>;
export type Draft = Plain<desktop.Draft>;
export type DueItem = Plain<desktop.DueItem>;
export type Facet = Plain<desktop.Facet>;
export type NewAccount = Plain<desktop.NewAccount>;
export type Exception = Plain<desktop.Exception>;
export type ExceptionRequest = Plain<desktop.ExceptionRequest>;
export type Founding = Plain<desktop.Founding>;
export type Fragment = Plain<desktop.Fragment>;
export type IngestOutcome = Plain<desktop.IngestOutcome>;
export type IngestJob = Plain<desktop.IngestJob>;
export type TextOverview = Plain<desktop.TextOverview>;
export type TextState = Plain<desktop.TextState>;
export type TextList = Plain<desktop.TextList>;
export type IngestRequest = Plain<desktop.IngestRequest>;
export type Interval = Plain<desktop.Interval>;
export type Job = Plain<desktop.Job>;
export type LogFilter = Plain<desktop.LogFilter>;
export type LogHead = Plain<desktop.LogHead>;
export type LogTally = Plain<desktop.LogTally>;
export type LogRow = Plain<desktop.LogRow>;
export type NewCase = Plain<desktop.NewCase>;
export type Shortage = Plain<desktop.Shortage>;
export type Storage = Plain<desktop.Storage>;
export type ViewingRow = Plain<desktop.ViewingRow>;
export type LogExport = Plain<desktop.LogExport>;
export type Witness = Plain<desktop.Witness>;
export type WitnessSheet = Plain<desktop.WitnessSheet>;
export type Overview = Plain<desktop.Overview>;
export type PageText = Plain<desktop.PageText>;
export type Paper = Plain<desktop.Paper>;
export type Saved = Plain<desktop.Saved>;
export type RecognitionStatus = Plain<desktop.RecognitionStatus>;
export type RegisterFilter = Plain<desktop.RegisterFilter>;
export type Released = Plain<desktop.Released>;
export type SearchHit = Plain<desktop.SearchHit>;
export type SearchRecord = Plain<desktop.SearchRecord>;
export type SearchCase = Plain<desktop.SearchCase>;
export type SearchRequest = Plain<desktop.SearchRequest>;
export type SearchResult = Plain<desktop.SearchResult>;
export type SearchTerm = Plain<desktop.SearchTerm>;
export type SavedSearch = Plain<desktop.SavedSearch>;
export type SearchMatrix = Plain<desktop.SearchMatrix>;
export type SoundTrack = Plain<desktop.SoundTrack>;
export type Station = Plain<desktop.Station>;
export type Verification = Plain<desktop.Verification>;
export type Viewing = Plain<desktop.Viewing>;
export type ViewingRequest = Plain<desktop.ViewingRequest>;
export type Fixity = Plain<desktop.Fixity>;
export type FixityRun = Plain<desktop.FixityRun>;
export type FixityReport = Plain<desktop.FixityReport>;
export type Broken = Plain<desktop.Broken>;
/** How far a backup, restore or drill is; it comes as an event only. */
export interface Working {
  kind: string;
  step: string;
  done: number;
  total: number;
  /** Seconds, -1 unknown. */
  remaining: number;
}
export type BackupSet = Plain<desktop.BackupSet>;
export type BackupKey = Plain<desktop.BackupKey>;
export type BackupState = Plain<desktop.BackupState>;
export type Drill = Plain<desktop.Drill>;
export type Restored = Plain<desktop.Restored>;
export type RetentionDue = Plain<desktop.RetentionDue>;
export type Appraisal = Plain<desktop.Appraisal>;
export type CaseHold = Plain<desktop.CaseHold>;
export type Isolation = Plain<desktop.Isolation>;
export type IsolationStep = Plain<desktop.IsolationStep>;
export type Life = Plain<desktop.Life>;
export type KeyState = Plain<desktop.KeyState>;
export type Mark = Plain<desktop.Mark>;
