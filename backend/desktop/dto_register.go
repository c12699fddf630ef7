package desktop

// What crosses the bridge of the register and the log.

// RegisterFilter narrows the register of viewings.
type RegisterFilter struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Account  string `json:"account"`
	Purpose  string `json:"purpose"`
	Text     string `json:"text"`
	RecordID string `json:"recordId"`
	Close    string `json:"close"`  // "" all | open | normal | timeout | recovered | failed
	Result   string `json:"result"` // "" all | none | noted
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
	Seen        int64      `json:"seen"`   // on the glass, counted or not
	Unit        string     `json:"unit"`   // frame | page | ms
	Whole       bool       `json:"whole"`  // all of it was on the glass
	Result      string     `json:"result"` // none | noted
	CopyNumber  string     `json:"copyNumber"`
	Approver    string     `json:"approver"`
	Taken       bool       `json:"taken"`    // the copy that was viewed was handed out
	Approval    string     `json:"approval"` // number of its approval
	WallMs      int64      `json:"wallMs"`   // time on the glass
	MaxSpeed    float64    `json:"maxSpeed"`
	Sound       string     `json:"sound"`
	SeqFirst    int64      `json:"seqFirst"`
	SeqLast     int64      `json:"seqLast"`
	Hash        string     `json:"hash"`      // first 8 hex digits of the closing (or opening) leaf
	Intervals   []Interval `json:"intervals"` // only in Session
}

// LogFilter narrows the list of log entries.
type LogFilter struct {
	Events   []string `json:"events"`   // any of them
	Accounts []string `json:"accounts"` // ids, any of them; "system" is the program itself
	Result   string   `json:"result"`
	Object   string   `json:"object"` // "kind:id", or the id of a record
	From     string   `json:"from"`
	To       string   `json:"to"`
	Before   int64    `json:"before"` // seq, 0 = from the newest
	Limit    int      `json:"limit"`
}

// LogTally says how many entries fit, and how they divide.
type LogTally struct {
	Total    int64      `json:"total"`
	Events   []LogShare `json:"events"`   // as if no event were chosen, most first
	Accounts []LogShare `json:"accounts"` // as if no account were chosen, most first
}

// LogShare is what one event or account has of the entries.
type LogShare struct {
	Value string `json:"value"` // what LogFilter takes
	Name  string `json:"name"`  // number and name of an account, "" of an event and of the program
	Count int64  `json:"count"`
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
