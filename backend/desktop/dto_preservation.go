package desktop

import (
	"diaoyue.example/workstation/backend/preservation"
)

// What crosses the bridge about keeping: checks, locks, backups, retention,
// isolation. Titles are empty for the three administrators.

// Fixity is the state of the whole archive's checks.
type Fixity struct {
	EveryDays  int         `json:"everyDays"`
	Originals  int         `json:"originals"`
	Candidates int         `json:"candidates"`
	Bytes      int64       `json:"bytes"`
	Never      int         `json:"never"`   // not looked at since they were stored
	Overdue    int         `json:"overdue"` // not looked at for everyDays
	Broken     int         `json:"broken"`
	Oldest     string      `json:"oldest"`
	NextDue    string      `json:"nextDue"`
	Runs       []FixityRun `json:"runs"` // newest first
}

// FixityRun is a run of checks.
type FixityRun struct {
	ID         string  `json:"id"`
	Scope      string  `json:"scope"` // due | all | record
	By         string  `json:"by"`    // "" = the program
	State      string  `json:"state"` // running | paused | done | failed
	Started    string  `json:"started"`
	Ended      string  `json:"ended"`
	Total      int     `json:"total"` // files
	Done       int     `json:"done"`
	Broken     int     `json:"broken"`
	Bytes      int64   `json:"bytes"`
	BytesTotal int64   `json:"bytesTotal"`
	Remaining  float64 `json:"remaining"` // s, -1 unknown
}

// Broken is a file that is not as it must be: what a run found, or a lock.
type Broken struct {
	Kind       string `json:"kind"` // original | candidate
	RecordID   string `json:"recordId"`
	RecordCode string `json:"recordCode"`
	CaseCode   string `json:"caseCode"`
	Title      string `json:"title"`
	State      string `json:"state"` // mismatch | missing | unreadable | unexpected
	Want       string `json:"want"`
	Got        string `json:"got"`
	At         string `json:"at"` // found, or locked since
}

// FixityReport is a run with what it found.
type FixityReport struct {
	Run      FixityRun `json:"run"`
	Findings []Broken  `json:"findings"`
}

// Working is how far a backup, restore or drill is.
type Working struct {
	Kind      string  `json:"kind"` // backup | restore | drill
	Step      string  `json:"step"` // database | files | reading-back | comparing
	Done      int64   `json:"done"` // bytes
	Total     int64   `json:"total"`
	Remaining float64 `json:"remaining"` // s, -1 unknown
}

// BackupSet is one backup.
type BackupSet struct {
	ID         string   `json:"id"`
	Dir        string   `json:"dir"`
	At         string   `json:"at"`
	By         string   `json:"by"`
	LogSize    int64    `json:"logSize"`
	LogRoot    string   `json:"logRoot"`
	Catalog    string   `json:"catalog"` // digest
	Files      int      `json:"files"`
	Bytes      int64    `json:"bytes"`
	Added      int      `json:"added"`
	AddedBytes int64    `json:"addedBytes"`
	Skipped    []Broken `json:"skipped"`
}

// BackupKey is a key that opens backups, without its secret half.
type BackupKey struct {
	Public string `json:"public"`
	Place  string `json:"place"` // of the secret half when it was made
	Here   bool   `json:"here"`  // it still lies there
	By     string `json:"by"`
	At     string `json:"at"`
}

// BackupState is what the screen of backups shows.
type BackupState struct {
	Sets   []BackupSet `json:"sets"` // newest first
	Drills []Drill     `json:"drills"`
	Keys   []BackupKey `json:"keys"`
}

// Drill is what a try of restoring found.
type Drill struct {
	ID              string   `json:"id"`
	Set             string   `json:"set"`
	At              string   `json:"at"`
	By              string   `json:"by"`
	Equal           bool     `json:"equal"`
	LogRoot         string   `json:"logRoot"`
	RestoredLogRoot string   `json:"restoredLogRoot"`
	Catalog         string   `json:"catalog"`
	RestoredCatalog string   `json:"restoredCatalog"`
	Files           int      `json:"files"`
	FilesEqual      int      `json:"filesEqual"`
	Missing         []string `json:"missing"`
	Code            string   `json:"code"`
	Seconds         float64  `json:"seconds"`
}

// Restored is a backup put back into a folder.
type Restored struct {
	Set     string   `json:"set"`
	At      string   `json:"at"`
	Dir     string   `json:"dir"`
	LogSize int64    `json:"logSize"`
	LogRoot string   `json:"logRoot"`
	Catalog string   `json:"catalog"`
	Files   int      `json:"files"`
	Bytes   int64    `json:"bytes"`
	Missing []string `json:"missing"`
	Equal   bool     `json:"equal"`
}

// RetentionDue is a case file whose retention has ended.
type RetentionDue struct {
	CaseID      string `json:"caseId"`
	CaseCode    string `json:"caseCode"`
	Title       string `json:"title"`
	Retention   string `json:"retention"`
	Expires     string `json:"expires"` // YYYY-MM-DD, the first day after
	Held        bool   `json:"held"`
	Records     int    `json:"records"`
	State       string `json:"state"` // expired | proposed | approved | disposed
	AppraisalID string `json:"appraisalId"`
}

// Appraisal is what was judged of a case file.
type Appraisal struct {
	ID          string   `json:"id"`
	CaseID      string   `json:"caseId"`
	CaseCode    string   `json:"caseCode"`
	Title       string   `json:"title"`
	Outcome     string   `json:"outcome"` // extend | dispose
	Until       string   `json:"until"`
	Opinion     string   `json:"opinion"`
	By          string   `json:"by"`
	At          string   `json:"at"`
	ApprovedBy  string   `json:"approvedBy"`
	ApprovedAt  string   `json:"approvedAt"`
	Approval    string   `json:"approval"`
	Inventory   string   `json:"inventory"`
	DisposedOn  string   `json:"disposedOn"`
	DisposedAt  string   `json:"disposedAt"`
	Supervisors []string `json:"supervisors"`
}

// CaseHold keeps a case file from being disposed of.
type CaseHold struct {
	ID        string `json:"id"`
	CaseID    string `json:"caseId"`
	CaseCode  string `json:"caseCode"`
	Title     string `json:"title"`
	Reason    string `json:"reason"`
	Basis     string `json:"basis"`
	By        string `json:"by"`
	At        string `json:"at"`
	EndedBy   string `json:"endedBy"`
	EndedAt   string `json:"endedAt"`
	EndReason string `json:"endReason"`
}

// Isolation is a record kept apart as a suspected state secret.
type Isolation struct {
	ID            string `json:"id"`
	RecordID      string `json:"recordId"`
	RecordCode    string `json:"recordCode"`
	CaseCode      string `json:"caseCode"`
	Title         string `json:"title"`
	Reason        string `json:"reason"`
	By            string `json:"by"`
	At            string `json:"at"`
	State         string `json:"state"` // isolated | requested | taken-out
	RequestedBy   string `json:"requestedBy"`
	RequestedByMe bool   `json:"requestedByMe"`
	RequestedAt   string `json:"requestedAt"`
	TakenOutBy    string `json:"takenOutBy"`
	TakenOutAt    string `json:"takenOutAt"`
}

// IsolationStep is one step of it, an entry of the log.
type IsolationStep struct {
	Seq    int64  `json:"seq"`
	At     string `json:"at"`
	By     string `json:"by"`
	Step   string `json:"step"` // isolated | requested | withdrawn | confirmed | taken-out | ended
	Reason string `json:"reason"`
}

func dtoRun(r preservation.Run) FixityRun {
	return FixityRun{
		ID: r.ID, Scope: r.Scope, By: r.By, State: r.State, Started: stamp(r.Started), Ended: stamp(r.Ended),
		Total: r.Total, Done: r.Done, Broken: r.Broken, Bytes: r.Bytes, BytesTotal: r.BytesTotal, Remaining: r.Remaining,
	}
}

func dtoFinding(f preservation.Finding) Broken {
	return Broken{
		Kind: f.Kind, RecordID: f.RecordID, RecordCode: f.RecordCode, CaseCode: f.CaseCode, Title: f.Title,
		State: f.State, Want: f.Want, Got: f.Got, At: stamp(f.At),
	}
}

func dtoLock(l preservation.Lock) Broken {
	return Broken{
		Kind: l.Kind, RecordID: l.RecordID, RecordCode: l.RecordCode, CaseCode: l.CaseCode, Title: l.Title,
		State: l.State, Want: l.Want, Got: l.Got, At: stamp(l.Since),
	}
}

func dtoSet(s preservation.Set) BackupSet {
	return BackupSet{
		ID: s.ID, Dir: s.Dir, At: stamp(s.At), By: s.By, LogSize: s.LogSize, LogRoot: s.LogRoot, Catalog: s.CatalogDigest,
		Files: s.Originals, Bytes: s.Bytes, Added: s.Added, AddedBytes: s.AddedBytes, Skipped: each(s.Skipped, dtoFinding),
	}
}

func dtoKey(k preservation.Key) BackupKey {
	return BackupKey{Public: k.Public, Place: k.Place, Here: k.Here, By: k.By, At: stamp(k.At)}
}

func dtoDrill(d preservation.Drill) Drill {
	return Drill{
		ID: d.ID, Set: d.Set, At: stamp(d.At), By: d.By, Equal: d.Equal, LogRoot: d.LogRoot, RestoredLogRoot: d.RestoredLogRoot,
		Catalog: d.CatalogDigest, RestoredCatalog: d.RestoredCatalogDigest, Files: d.Originals, FilesEqual: d.OriginalsEqual,
		Missing: filled(d.Missing), Code: d.Code, Seconds: d.Duration.Seconds(),
	}
}

func dtoRetentionDue(d preservation.Due) RetentionDue {
	return RetentionDue{
		CaseID: d.CaseID, CaseCode: d.CaseCode, Title: d.Title, Retention: d.Retention, Expires: d.Expires.Format("2006-01-02"),
		Held: d.Held, Records: d.Records, State: d.State, AppraisalID: d.AppraisalID,
	}
}

func dtoAppraisal(a preservation.Appraisal) Appraisal {
	return Appraisal{
		ID: a.ID, CaseID: a.CaseID, CaseCode: a.CaseCode, Title: a.Title, Outcome: a.Outcome, Until: a.Until, Opinion: a.Opinion,
		By: a.By, At: stamp(a.At), ApprovedBy: a.ApprovedBy, ApprovedAt: stamp(a.ApprovedAt), Approval: a.Approval,
		Inventory: a.Disposal.Inventory, DisposedOn: a.Disposal.On, DisposedAt: stamp(a.DisposedAt), Supervisors: filled(a.Disposal.Supervisors),
	}
}

func dtoHold(h preservation.Hold) CaseHold {
	return CaseHold{
		ID: h.ID, CaseID: h.CaseID, CaseCode: h.CaseCode, Title: h.Title, Reason: h.Reason, Basis: h.Basis, By: h.By, At: stamp(h.At),
		EndedBy: h.EndedBy, EndedAt: stamp(h.EndedAt), EndReason: h.EndReason,
	}
}

func dtoIsolation(x preservation.Isolation, me string) Isolation {
	return Isolation{
		ID: x.ID, RecordID: x.RecordID, RecordCode: x.RecordCode, CaseCode: x.CaseCode, Title: x.Title, Reason: x.Reason,
		By: x.By, At: stamp(x.At), State: x.State, RequestedBy: x.RequestedBy, RequestedByMe: x.RequestedByID == me && me != "",
		RequestedAt: stamp(x.RequestedAt), TakenOutBy: x.TakenOutBy, TakenOutAt: stamp(x.TakenOutAt),
	}
}

func dtoIsolationStep(s preservation.Step) IsolationStep {
	return IsolationStep{Seq: s.Seq, At: stamp(s.At), By: s.By, Step: s.Step, Reason: s.Reason}
}
