package desktop

// What crosses the bridge of a search.

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
