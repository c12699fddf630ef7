package desktop

// What crosses the bridge of papers and workbooks.

// Paper is a form laid out on pages of A4; all of it is text.
type Paper struct {
	Title     string        `json:"title"`
	Under     []string      `json:"under"` // lines between title and table
	Columns   []PaperColumn `json:"columns"`
	Pages     []PaperPage   `json:"pages"`
	Foot      []string      `json:"foot"` // on every page
	Landscape bool          `json:"landscape"`
	Rows      int           `json:"rows"`
	Digest    string        `json:"digest"` // of the rows
	Seq       int64         `json:"seq"`    // log position of the printing
}

// PaperColumn is a column of a paper.
type PaperColumn struct {
	Title string  `json:"title"`
	Width float64 `json:"width"` // millimetres
	Right bool    `json:"right"`
}

// PaperPage is one page.
type PaperPage struct {
	Number int        `json:"number"`
	Of     int        `json:"of"`
	Rows   []PaperRow `json:"rows"`
}

// PaperRow is one row and the height it is given.
type PaperRow struct {
	Cells  []string `json:"cells"`
	Height float64  `json:"height"` // millimetres
}

// Saved says where a workbook lies.
type Saved struct {
	Path   string `json:"path"`
	Rows   int    `json:"rows"`
	Seq    int64  `json:"seq"` // log position of the export
	Digest string `json:"digest"`
}
