package desktop

// What crosses the bridge of the text of papers.

// TextOverview is how far the taking of text is.
type TextOverview struct {
	States    []TextState `json:"states"`
	Open      int         `json:"open"`      // papers that wait or are being read
	Remaining float64     `json:"remaining"` // seconds for them, -1 unknown
	Preparing bool        `json:"preparing"` // the extractor is being started
}

// TextState is one state with its papers.
type TextState struct {
	State     string `json:"state"` // stored | text | needs_ocr | encrypted | unsupported | failed | timeout
	Records   int    `json:"records"`
	Retriable bool   `json:"retriable"`
}

// TextList is a part of the papers in one state.
type TextList struct {
	Rows []Record `json:"rows"`
	More bool     `json:"more"`
}
