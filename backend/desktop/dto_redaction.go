package desktop

// What crosses the bridge of redacted copies.

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
	Checker     string `json:"checker"` // name of who checked and passed it, "" = nobody
	SubmittedAt string `json:"submittedAt"`
	Tracks      int    `json:"tracks"`
	Mutes       int    `json:"mutes"`
	Done        int64  `json:"done"` // frames made while making
	Total       int64  `json:"total"`
	Mine        bool   `json:"mine"`
}

// Copy is the screen of check and approval.
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
	MayCheck       bool          `json:"mayCheck"`
	WhyNoCheck     string        `json:"whyNoCheck"` // fault code when it may not
	MayApprove     bool          `json:"mayApprove"`
	WhyNot         string        `json:"whyNot"` // fault code when it may not
	Check          *PersonCheck  `json:"check"`  // null while nobody checked it
	Opinion        string        `json:"opinion"`
	Approver       string        `json:"approver"`
	DecidedAt      string        `json:"decidedAt"`
	Error          string        `json:"error"` // fault code when State is failed
	History        []HistoryItem `json:"history"`
	ReleasedTo     string        `json:"releasedTo"`
}

// PersonCheck is what a third person said of a candidate.
type PersonCheck struct {
	Passed  bool    `json:"passed"` // else sent back
	Checker string  `json:"checker"`
	At      string  `json:"at"`
	Opinion string  `json:"opinion"`
	Shown   int64   `json:"shown"` // frames
	Total   int64   `json:"total"`
	Share   float64 `json:"share"`
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

// Released says where a released copy lies.
type Released struct {
	CopyPath        string `json:"copyPath"`
	CertificatePath string `json:"certificatePath"`
	SheetPath       string `json:"sheetPath"`
	Seq             int64  `json:"seq"`
}
