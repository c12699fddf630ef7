package desktop

// What crosses the bridge of a search.

// SearchRequest is one query.
type SearchRequest struct {
	Text     string   `json:"text"`
	Level    string   `json:"level"` // place | record | case: where all words must be found
	Sort     string   `json:"sort"`  // "" | newest | oldest
	Stages   []string `json:"stages"`
	Kinds    []string `json:"kinds"`
	Sources  []string `json:"sources"` // text, speech, note, title; empty means all
	Words    []string `json:"words"`   // states of a record's words: searched, needs_ocr …; empty means all
	DateFrom string   `json:"dateFrom"`
	DateTo   string   `json:"dateTo"`
	CaseID   string   `json:"caseId"`
	RecordID string   `json:"recordId"`
	Offset   int      `json:"offset"`
	Limit    int      `json:"limit"` // case groups a page
}

// SearchResult is what was found, grouped by case and record, with exact counts.
type SearchResult struct {
	Cases   int          `json:"cases"`
	Records int          `json:"records"`
	Places  int          `json:"places"`
	Groups  []SearchCase `json:"groups"`
	Stages  []Facet      `json:"stages"`
	Kinds   []Facet      `json:"kinds"`
	Years   []Facet      `json:"years"`
	Sources []Facet      `json:"sources"` // places, not records
	Words   []Facet      `json:"words"`   // by the state of a record's words
	// Unsearched counts the records under the same filters whose words cannot
	// be searched, by why.
	Unsearched []Facet      `json:"unsearched"`
	Level      string       `json:"level"`    // at what level all words were found
	Terms      []SearchTerm `json:"terms"`    // what of the query was understood
	Unparsed   []string     `json:"unparsed"` // what of the query was not understood
	Millis     float64      `json:"millis"`
	Pending    int          `json:"pending"` // records not yet in the index
}

// SavedSearch is a question kept under a name.
type SavedSearch struct {
	ID      string        `json:"id"`
	Name    string        `json:"name"`
	Request SearchRequest `json:"request"`
}

// SearchMatrix is the answer to a list: which line stands in which case.
type SearchMatrix struct {
	Lines []MatrixLine `json:"lines"`
	Cases []MatrixCase `json:"cases"` // most lines first
	Hits  int          `json:"hits"`  // lines found at all
	// Unsearched counts the records whose words cannot be searched, by why.
	Unsearched []Facet `json:"unsearched"`
}

// MatrixLine is one line of a list. Places has one number for each case of the
// matrix, in its order.
type MatrixLine struct {
	Text    string `json:"text"`
	Cases   int    `json:"cases"`
	Records int    `json:"records"`
	Total   int    `json:"total"`
	Places  []int  `json:"places"`
}

// MatrixCase is one column of a matrix.
type MatrixCase struct {
	CaseID string `json:"caseId"`
	Code   string `json:"code"`
	Title  string `json:"title"`
}

// SearchTerm is one part of a query as it was understood.
type SearchTerm struct {
	Text    string `json:"text"`
	Literal bool   `json:"literal"`
	How     string `json:"how"`   // "" | pattern | oneOff | near
	Field   string `json:"field"` // "" when it is sought in title and text
	Within  int    `json:"within"`
	Not     bool   `json:"not"`
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
	Words    string      `json:"words"` // why words of it cannot be searched, "" when all can
	Places   int         `json:"places"`
	Hits     []SearchHit `json:"hits"`
}

// SearchHit is one place: a page, a spoken span, a note or a title.
type SearchHit struct {
	Source    string     `json:"source"` // title | text | speech | note
	Page      int        `json:"page"`   // 1-based, 0 when not a page
	Frame     int64      `json:"frame"`  // 0-based, -1 when not a frame
	Time      float64    `json:"time"`   // seconds into the record, -1 when none
	Heard     bool       `json:"heard"`  // by a machine, and nobody has checked it
	Score     float64    `json:"score"`
	Fragments []Fragment `json:"fragments"`
}

// Fragment is a piece of a snippet, marked or not. Never HTML.
type Fragment struct {
	Text string `json:"text"`
	Mark bool   `json:"mark"`
}
