package desktop

// What crosses the bridge of reading scans.

// RecognitionStatus is how far the reading of scans is, in pages.
type RecognitionStatus struct {
	Reader         string         `json:"reader"` // with what; "" when nothing on this machine reads
	Paused         bool           `json:"paused"`
	Waiting        int64          `json:"waiting"`
	WaitingRecords int64          `json:"waitingRecords"`
	Done           int64          `json:"done"`
	Blank          int64          `json:"blank"` // of done: nothing is written on them
	Failed         int64          `json:"failed"`
	Remaining      float64        `json:"remaining"` // seconds for all that waits, -1 unknown
	Failures       []UnreadRecord `json:"failures"`  // for those who may search
}

// UnreadRecord is a record of which pages could not be read.
type UnreadRecord struct {
	RecordID string `json:"recordId"`
	Title    string `json:"title"`
	Pages    int64  `json:"pages"`
	Code     string `json:"code"`
}
