package desktop

// What crosses the bridge for the first screen and of durable work.

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
	Key   string `json:"key"` // cases, records, footage, pages, unviewed, overdue, candidates, drafts, failed, broken, expired, isolated
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
