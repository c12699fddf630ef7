package desktop

// What crosses the bridge about case files, records and their lives.

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
	ID          string     `json:"id"`
	CaseID      string     `json:"caseId"`
	CaseCode    string     `json:"caseCode"`
	CaseTitle   string     `json:"caseTitle"`
	Code        string     `json:"code"`
	Kind        string     `json:"kind"`   // text | av
	Medium      string     `json:"medium"` // video | audio | photo | document | transcript
	Stage       string     `json:"stage"`
	Title       string     `json:"title"`
	Date        string     `json:"date"`
	FileName    string     `json:"fileName"`
	Format      string     `json:"format"`
	Size        int64      `json:"size"`
	SHA256      string     `json:"sha256"`
	SM3         string     `json:"sm3"`
	StoredAt    string     `json:"storedAt"`
	StoredBy    string     `json:"storedBy"`
	Pages       int        `json:"pages"`
	Frames      int64      `json:"frames"`
	Duration    float64    `json:"duration"`
	Width       int        `json:"width"`
	Height      int        `json:"height"`
	StartedAt   string     `json:"startedAt"`  // device clock at the first frame, "" if unknown
	IndexState  string     `json:"indexState"` // none | provisional | verified | damaged
	Diagnosis   *Diagnosis `json:"diagnosis"`  // why it cannot be played; null when it can be
	TextState   string     `json:"textState"`  // none | stored | text | needs_ocr | encrypted | unsupported | failed | timeout
	TextReason  string     `json:"textReason"`
	EnclosedIn  string     `json:"enclosedIn"` // id of the mail or paper it came in, "" if by itself
	Timeliness  string     `json:"timeliness"` // on-time | late | unknown | calendar-missing (article 17)
	DueAt       string     `json:"dueAt"`
	ChainID     string     `json:"chainId"`
	Segment     int        `json:"segment"` // 1-based place in the chain, 0 when alone
	Segments    int        `json:"segments"`
	Coverage    float64    `json:"coverage"` // share of frames or pages shown to this account, 0..1
	Annotations int        `json:"annotations"`
	Custody     string     `json:"custody"`   // "" | broken | taken-out | disposed
	Suspected   bool       `json:"suspected"` // kept apart as a suspected state secret (R1)
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

// Diagnosis is what a recording that cannot be played says of itself.
type Diagnosis struct {
	Kind       string `json:"kind"`       // no_index | index_broken | encrypted | damaged | unsupported
	Format     string `json:"format"`     // "" if none was recognised
	Codec      string `json:"codec"`      // h264 | hevc | ""
	MediaBytes int64  `json:"mediaBytes"` // sound and pictures that are there, 0 if unknown
	Size       int64  `json:"size"`
}

// Life is a record's life on paper (F06).
type Life struct {
	Record Record        `json:"record"`
	Items  []HistoryItem `json:"items"`
	Seq    int64         `json:"seq"` // of the entry that says it was laid out
	Organ  string        `json:"organ"`
	At     string        `json:"at"`
	By     string        `json:"by"`
	Root   string        `json:"root"`
	Size   int64         `json:"size"` // of the log when it was laid out
}
