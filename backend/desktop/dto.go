package desktop

// What crosses the bridge. Plain data only: times are RFC 3339 strings, frame
// numbers are 0-based, durations and positions are seconds, slices are never
// nil (they would arrive as null).

// Station is what the window shows before and after sign-in: which archive is
// open, who sits there and what that account may do.
type Station struct {
	State       string   `json:"state"` // "none" (no archive yet) | "held" (another process has it) | "ready"
	Archive     Archive  `json:"archive"`
	Account     *Account `json:"account"` // null when nobody is signed in
	Permissions []string `json:"permissions"`
	Head        LogHead  `json:"head"`
	Holder      string   `json:"holder"` // who holds the archive when State is "held"
	Version     string   `json:"version"`
}

// Archive names the open archive.
type Archive struct {
	Dir      string `json:"dir"`
	Organ    string `json:"organ"` // the bureau's name
	Fonds    string `json:"fonds"`
	KeyPlace string `json:"keyPlace"` // where the signing key lies
	Public   string `json:"public"`   // the signing key's public half
}

// Account is a person's account.
type Account struct {
	ID         string   `json:"id"`
	Number     string   `json:"number"`
	Name       string   `json:"name"`
	Department string   `json:"department"`
	Roles      []string `json:"roles"`
	Locked     bool     `json:"locked"`
}

// NewAccount is what is typed to make an account.
type NewAccount struct {
	Number     string   `json:"number"`
	Name       string   `json:"name"`
	Department string   `json:"department"`
	Roles      []string `json:"roles"`
	Password   string   `json:"password"`
}

// Founding is the first-run form.
type Founding struct {
	Dir      string       `json:"dir"`
	Organ    string       `json:"organ"`
	Fonds    string       `json:"fonds"`
	Accounts []NewAccount `json:"accounts"`
}

// LogHead is the log's position, shown in the status line.
type LogHead struct {
	Size         int64  `json:"size"`
	Root         string `json:"root"` // hex
	SinceWitness int64  `json:"sinceWitness"`
}

// Overview is the home screen.
type Overview struct {
	Counts  []Count       `json:"counts"`
	Due     []DueItem     `json:"due"`    // what waits for this account, most urgent first
	Recent  []ViewingRow  `json:"recent"` // this account's last viewings
	Jobs    []Job         `json:"jobs"`   // running and failed work
	Copies  []CopySummary `json:"copies"` // copies that wait for this account
	Storage Storage       `json:"storage"`
}

// Count is one number of the home screen and where it leads.
type Count struct {
	Key   string `json:"key"` // cases, records, footage, pages, unviewed, overdue, candidates, drafts, failed
	Value int64  `json:"value"`
	Total int64  `json:"total"`
	Route string `json:"route"`
}

// DueItem is one line of due work.
type DueItem struct {
	Kind     string `json:"kind"` // approve | check | draft | overdue | unread-text | failed
	Title    string `json:"title"`
	CaseID   string `json:"caseId"`
	CaseCode string `json:"caseCode"`
	RecordID string `json:"recordId"`
	CopyID   string `json:"copyId"`
	DueAt    string `json:"dueAt"`
	Overdue  bool   `json:"overdue"`
}

// Storage is the room left for originals and for the log.
type Storage struct {
	Originals int64 `json:"originals"` // bytes
	Free      int64 `json:"free"`      // bytes
}

// CaseSummary is a row of the list of case files.
type CaseSummary struct {
	ID         string   `json:"id"`
	Code       string   `json:"code"`
	Title      string   `json:"title"`
	CaseNumber string   `json:"caseNumber"`
	Type       string   `json:"type"`
	Party      string   `json:"party"`
	Officers   []string `json:"officers"`
	DateFrom   string   `json:"dateFrom"`
	DateTo     string   `json:"dateTo"`
	Retention  string   `json:"retention"`
	Status     string   `json:"status"`
	Records    int      `json:"records"`
	Footage    int      `json:"footage"`
}

// NewCase is what is typed to make a case file.
type NewCase struct {
	Code       string   `json:"code"`
	Title      string   `json:"title"`
	CaseNumber string   `json:"caseNumber"`
	Type       string   `json:"type"`
	Party      string   `json:"party"`
	Officers   []string `json:"officers"`
	DateFrom   string   `json:"dateFrom"`
	Retention  string   `json:"retention"`
}

// CaseFile is one case with its records by stage (article 3).
type CaseFile struct {
	Summary CaseSummary `json:"summary"`
	Stages  []Stage     `json:"stages"` // always the five, in order
}

// Stage is one of the five stages of article 3 and its records.
type Stage struct {
	Key     string   `json:"key"` // initiation investigation decision service archiving
	Records []Record `json:"records"`
}

// Record is one item of a case file.
type Record struct {
	ID          string  `json:"id"`
	CaseID      string  `json:"caseId"`
	CaseCode    string  `json:"caseCode"`
	CaseTitle   string  `json:"caseTitle"`
	Code        string  `json:"code"`
	Kind        string  `json:"kind"`   // text | av
	Medium      string  `json:"medium"` // video | audio | photo | document | transcript
	Stage       string  `json:"stage"`
	Title       string  `json:"title"`
	Date        string  `json:"date"`
	FileName    string  `json:"fileName"`
	Format      string  `json:"format"`
	Size        int64   `json:"size"`
	SHA256      string  `json:"sha256"`
	SM3         string  `json:"sm3"`
	StoredAt    string  `json:"storedAt"`
	StoredBy    string  `json:"storedBy"`
	Pages       int     `json:"pages"`
	Frames      int64   `json:"frames"`
	Duration    float64 `json:"duration"`
	Width       int     `json:"width"`
	Height      int     `json:"height"`
	StartedAt   string  `json:"startedAt"`  // device clock at the first frame, "" if unknown
	IndexState  string  `json:"indexState"` // none | provisional | verified | damaged
	TextState   string  `json:"textState"`  // none | stored | text | needs_ocr | encrypted | unsupported | failed | timeout
	TextReason  string  `json:"textReason"`
	Timeliness  string  `json:"timeliness"` // on-time | late | unknown | calendar-missing (article 17)
	DueAt       string  `json:"dueAt"`
	ChainID     string  `json:"chainId"`
	Segment     int     `json:"segment"` // 1-based place in the chain, 0 when alone
	Segments    int     `json:"segments"`
	Coverage    float64 `json:"coverage"` // share of frames or pages shown to this account, 0..1
	Annotations int     `json:"annotations"`
}

// IngestRequest is what the archivist chose.
type IngestRequest struct {
	CaseID string   `json:"caseId"`
	Stage  string   `json:"stage"`
	Paths  []string `json:"paths"` // files and folders
	Chain  bool     `json:"chain"` // the recordings are consecutive segments of one activity
}

// IngestJob is a submission on its way; also sent as event "ingest".
type IngestJob struct {
	ID        string          `json:"id"`
	State     string          `json:"state"` // running | done | cancelled | failed
	Files     int             `json:"files"`
	FilesDone int             `json:"filesDone"`
	Bytes     int64           `json:"bytes"`
	BytesDone int64           `json:"bytesDone"`
	Step      string          `json:"step"` // copying | syncing | reading-back | cataloguing
	Current   string          `json:"current"`
	Seconds   float64         `json:"seconds"`   // since the start
	Remaining float64         `json:"remaining"` // seconds, -1 unknown
	Outcomes  []IngestOutcome `json:"outcomes"`
}

// IngestOutcome is what became of one file.
type IngestOutcome struct {
	Path     string            `json:"path"`
	Name     string            `json:"name"`
	Size     int64             `json:"size"`
	State    string            `json:"state"` // waiting | running | stored | known | refused
	Code     string            `json:"code"`  // fault code when refused
	Params   map[string]string `json:"params"`
	RecordID string            `json:"recordId"`
	SHA256   string            `json:"sha256"`
	SM3      string            `json:"sm3"`
	Seq      int64             `json:"seq"` // log position of the receipt
}

// SearchRequest is one query.
type SearchRequest struct {
	Text     string   `json:"text"`
	Stages   []string `json:"stages"`
	Kinds    []string `json:"kinds"`
	DateFrom string   `json:"dateFrom"`
	DateTo   string   `json:"dateTo"`
	CaseID   string   `json:"caseId"`
	RecordID string   `json:"recordId"`
	Offset   int      `json:"offset"`
	Limit    int      `json:"limit"` // case groups a page
}

// SearchResult is what was found, grouped by case and record, with exact counts.
type SearchResult struct {
	Cases    int          `json:"cases"`
	Records  int          `json:"records"`
	Places   int          `json:"places"`
	Groups   []SearchCase `json:"groups"`
	Stages   []Facet      `json:"stages"`
	Kinds    []Facet      `json:"kinds"`
	Years    []Facet      `json:"years"`
	Unparsed []string     `json:"unparsed"` // what of the query was not understood
	Millis   float64      `json:"millis"`
	Pending  int          `json:"pending"` // records not yet in the index
}

// Facet is one value and how many records have it.
type Facet struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// SearchCase is one case with hits.
type SearchCase struct {
	CaseID  string         `json:"caseId"`
	Code    string         `json:"code"`
	Title   string         `json:"title"`
	Records []SearchRecord `json:"records"`
}

// SearchRecord is one record with hits.
type SearchRecord struct {
	RecordID string      `json:"recordId"`
	Code     string      `json:"code"`
	Title    string      `json:"title"`
	Kind     string      `json:"kind"`
	Medium   string      `json:"medium"`
	Stage    string      `json:"stage"`
	Date     string      `json:"date"`
	Places   int         `json:"places"`
	Hits     []SearchHit `json:"hits"`
}

// SearchHit is one place: a page, a spoken span, a note or a title.
type SearchHit struct {
	Source    string     `json:"source"` // title | text | speech | note
	Page      int        `json:"page"`   // 1-based, 0 when not a page
	Frame     int64      `json:"frame"`  // 0-based, -1 when not a frame
	Time      float64    `json:"time"`   // seconds into the record, -1 when none
	Score     float64    `json:"score"`
	Fragments []Fragment `json:"fragments"`
}

// Fragment is a piece of a snippet, marked or not. Never HTML.
type Fragment struct {
	Text string `json:"text"`
	Mark bool   `json:"mark"`
}

// ViewingRequest asks the reading room for a record or a candidate copy.
type ViewingRequest struct {
	RecordID string `json:"recordId"`
	CopyID   string `json:"copyId"`  // instead of RecordID: the sealed candidate of a copy
	Purpose  string `json:"purpose"` // planned case complaint disclosure litigation arrangement inspection redaction approval other
	Basis    string `json:"basis"`   // document or task number
	Note     string `json:"note"`    // required when purpose is other
}

// Viewing is an open viewing.
type Viewing struct {
	ID          string       `json:"id"`
	Number      string       `json:"number"` // short session number for the status line
	Record      Record       `json:"record"`
	CopyID      string       `json:"copyId"`
	Purpose     string       `json:"purpose"`
	Basis       string       `json:"basis"`
	OpenedAt    string       `json:"openedAt"`
	Seq         int64        `json:"seq"` // log position of the opening entry
	Frames      int64        `json:"frames"`
	Provisional bool         `json:"provisional"` // frame numbers not yet verified
	Duration    float64      `json:"duration"`
	FrameRate   float64      `json:"frameRate"` // average
	Width       int          `json:"width"`     // upright
	Height      int          `json:"height"`
	Sound       []SoundTrack `json:"sound"`
	Pages       int          `json:"pages"`
	ClockOffset float64      `json:"clockOffset"` // seconds to add to the device clock
	Segments    []Record     `json:"segments"`    // the chain this record belongs to, in order (itself included)
	Coverage    Coverage     `json:"coverage"`
	Watermark   string       `json:"watermark"`
}

// SoundTrack is one track of sound.
type SoundTrack struct {
	Index    int    `json:"index"`
	Rate     int    `json:"rate"`
	Channels int    `json:"channels"`
	Language string `json:"language"`
}

// Interval is a range really presented on the glass. For footage From and To
// are frame numbers (both shown); for documents they are page numbers (1-based).
type Interval struct {
	Kind      string  `json:"kind"` // play | step | still | page
	From      int64   `json:"from"`
	To        int64   `json:"to"`
	Presented int64   `json:"presented"` // distinct frames drawn within
	Speed     float64 `json:"speed"`     // 1 = real time, negative = backwards, 0 = still
	Sound     string  `json:"sound"`     // on | muted | none
	Visible   bool    `json:"visible"`
	WallMs    int64   `json:"wallMs"`
}

// Coverage is what the program showed to this account over all its viewings.
type Coverage struct {
	Ranges []Range `json:"ranges"` // counted
	Fast   []Range `json:"fast"`   // shown, but too fast, hidden or without sound: not counted
	Shown  int64   `json:"shown"`  // frames or pages counted
	Total  int64   `json:"total"`
	Share  float64 `json:"share"` // 0..1
}

// Range is a closed range of frames or pages.
type Range struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// Cue is one span of a transcript.
type Cue struct {
	From    float64 `json:"from"`
	To      float64 `json:"to"`
	Frame   int64   `json:"frame"`
	Text    string  `json:"text"`
	Speaker string  `json:"speaker"`
}

// PageText is the text of one page with its places.
type PageText struct {
	Page   int     `json:"page"`
	Source string  `json:"source"` // text | ocr | none
	Text   string  `json:"text"`
	Boxes  []Box   `json:"boxes"`
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
}

// Box is a piece of text on a page; x, y, w, h are shares of the page, 0..1.
type Box struct {
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
	W    float64 `json:"w"`
	H    float64 `json:"h"`
	Text string  `json:"text"`
}

// Annotation is a note at a frame, a range of frames or a page.
type Annotation struct {
	ID        string  `json:"id"`
	RecordID  string  `json:"recordId"`
	Frame     int64   `json:"frame"`   // -1 on a page
	FrameTo   int64   `json:"frameTo"` // = Frame for a single frame
	Page      int     `json:"page"`    // 0 on footage
	Time      float64 `json:"time"`
	Text      string  `json:"text"`
	Author    string  `json:"author"`
	AuthorID  string  `json:"authorId"`
	CreatedAt string  `json:"createdAt"`
}

// Draft is a redaction in the making. Plan is the plan's JSON.
type Draft struct {
	ID       string `json:"id"`
	RecordID string `json:"recordId"`
	Plan     string `json:"plan"`
	Version  int    `json:"version"`
	SavedAt  string `json:"savedAt"`
	Names    string `json:"names"` // JSON: track id → display name
}

// CopySummary is a row of the list of copies.
type CopySummary struct {
	ID          string `json:"id"`
	Number      string `json:"number"`
	RecordID    string `json:"recordId"`
	RecordTitle string `json:"recordTitle"`
	CaseCode    string `json:"caseCode"`
	State       string `json:"state"` // making | candidate | checked | approved | rejected | released | withdrawn | failed
	Submitter   string `json:"submitter"`
	SubmittedAt string `json:"submittedAt"`
	Tracks      int    `json:"tracks"`
	Mutes       int    `json:"mutes"`
	Done        int64  `json:"done"` // frames made while making
	Total       int64  `json:"total"`
	Mine        bool   `json:"mine"`
}

// Copy is the approval screen.
type Copy struct {
	Summary        CopySummary   `json:"summary"`
	Record         Record        `json:"record"`
	Items          []CopyItem    `json:"items"`   // what is hidden and why
	Checks         []CopyCheck   `json:"checks"`  // machine checks of the candidate
	Dropped        []string      `json:"dropped"` // tracks and metadata left out
	PlanDigest     string        `json:"planDigest"`
	OriginalSHA256 string        `json:"originalSha256"`
	SHA256         string        `json:"sha256"`
	SM3            string        `json:"sm3"`
	Size           int64         `json:"size"`
	Frames         int64         `json:"frames"`
	Duration       float64       `json:"duration"`
	Viewed         bool          `json:"viewed"` // this account opened the candidate
	Coverage       Coverage      `json:"coverage"`
	MayApprove     bool          `json:"mayApprove"`
	WhyNot         string        `json:"whyNot"` // fault code when it may not
	Opinion        string        `json:"opinion"`
	Approver       string        `json:"approver"`
	DecidedAt      string        `json:"decidedAt"`
	Error          string        `json:"error"` // fault code when State is failed
	History        []HistoryItem `json:"history"`
	ReleasedTo     string        `json:"releasedTo"`
}

// CopyItem is one mask or mute of a copy.
type CopyItem struct {
	Kind      string  `json:"kind"` // mask | mute
	Track     string  `json:"track"`
	From      float64 `json:"from"`
	To        float64 `json:"to"`
	FromFrame int64   `json:"fromFrame"`
	ToFrame   int64   `json:"toFrame"`
	Effect    string  `json:"effect"`
	Ground    string  `json:"ground"`
	Reason    string  `json:"reason"`
}

// CopyCheck is one machine check and its result.
type CopyCheck struct {
	Key    string            `json:"key"` // frames pts masks outside mutes streams metadata blocks
	Passed bool              `json:"passed"`
	Params map[string]string `json:"params"`
}

// HistoryItem is one step in a record's or a copy's life.
type HistoryItem struct {
	Seq    int64             `json:"seq"`
	At     string            `json:"at"`
	Event  string            `json:"event"`
	Actor  string            `json:"actor"`
	Result string            `json:"result"`
	Facts  map[string]string `json:"facts"`
}

// Released says where a released copy lies.
type Released struct {
	CopyPath        string `json:"copyPath"`
	CertificatePath string `json:"certificatePath"`
	SheetPath       string `json:"sheetPath"`
	Seq             int64  `json:"seq"`
}

// RegisterFilter narrows the register of viewings.
type RegisterFilter struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Account  string `json:"account"`
	Purpose  string `json:"purpose"`
	Text     string `json:"text"`
	RecordID string `json:"recordId"`
	Before   int64  `json:"before"`
	Limit    int    `json:"limit"`
}

// ViewingRow is a row of the register (law-and-features §8.6).
type ViewingRow struct {
	ID          string     `json:"id"`
	Number      string     `json:"number"`
	OpenedAt    string     `json:"openedAt"`
	ClosedAt    string     `json:"closedAt"`
	CloseKind   string     `json:"closeKind"` // normal | timeout | recovered | "" while open
	Account     string     `json:"account"`
	AccountNo   string     `json:"accountNo"`
	Department  string     `json:"department"`
	Purpose     string     `json:"purpose"`
	Basis       string     `json:"basis"`
	Note        string     `json:"note"`
	CaseCode    string     `json:"caseCode"`
	CaseTitle   string     `json:"caseTitle"`
	RecordID    string     `json:"recordId"`
	RecordCode  string     `json:"recordCode"`
	RecordTitle string     `json:"recordTitle"`
	Kind        string     `json:"kind"`
	Shown       int64      `json:"shown"` // frames or pages shown in this viewing
	Total       int64      `json:"total"`
	WallMs      int64      `json:"wallMs"` // time on the glass
	MaxSpeed    float64    `json:"maxSpeed"`
	Sound       string     `json:"sound"`
	SeqFirst    int64      `json:"seqFirst"`
	SeqLast     int64      `json:"seqLast"`
	Hash        string     `json:"hash"`      // first 8 hex digits of the closing (or opening) leaf
	Intervals   []Interval `json:"intervals"` // only in Session
}

// LogFilter narrows the list of log entries.
type LogFilter struct {
	Event   string `json:"event"`
	Account string `json:"account"`
	Result  string `json:"result"`
	Object  string `json:"object"`
	From    string `json:"from"`
	To      string `json:"to"`
	Before  int64  `json:"before"` // seq, 0 = from the newest
	Limit   int    `json:"limit"`
}

// LogRow is one entry of the log.
type LogRow struct {
	Seq     int64             `json:"seq"`
	At      string            `json:"at"`
	Account string            `json:"account"`
	Event   string            `json:"event"`
	Result  string            `json:"result"`
	Objects map[string]string `json:"objects"`
	Codes   string            `json:"codes"`   // JSON
	Details string            `json:"details"` // JSON; "" when withheld from this account
}

// Verification is the result of checking the log; progress comes as event "verify".
type Verification struct {
	OK          bool    `json:"ok"`
	Entries     int64   `json:"entries"`
	Root        string  `json:"root"`
	Checkpoints int     `json:"checkpoints"`
	HighWater   int64   `json:"highWater"`
	KeyPlace    string  `json:"keyPlace"`
	TrustedKey  bool    `json:"trustedKey"`
	Seq         int64   `json:"seq"`  // first entry that does not hold, 0 when all hold
	Code        string  `json:"code"` // fault code when it does not hold
	Seconds     float64 `json:"seconds"`
}

// Checkpoint is a signed position of the log.
type Checkpoint struct {
	Size int64  `json:"size"`
	Root string `json:"root"`
	At   string `json:"at"`
	Note string `json:"note"` // the signed note
}

// Job is durable long work.
type Job struct {
	ID        string  `json:"id"`
	Kind      string  `json:"kind"` // frame-index | text | export | index
	Subject   string  `json:"subject"`
	Title     string  `json:"title"`
	State     string  `json:"state"` // waiting | running | done | failed
	Done      int64   `json:"done"`
	Total     int64   `json:"total"`
	Remaining float64 `json:"remaining"` // seconds, -1 unknown
	Code      string  `json:"code"`
}
