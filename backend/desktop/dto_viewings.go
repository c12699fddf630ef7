package desktop

// What crosses the bridge of the reading room.

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
	PixelAspect float64      `json:"pixelAspect"` // width of an upright point by its height; 1 = square
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

// PageText is the text of one page with its places.
type PageText struct {
	Page   int     `json:"page"`
	Source string  `json:"source"` // text | ocr | none
	Text   string  `json:"text"`
	Boxes  []Box   `json:"boxes"`
	Marks  []Box   `json:"marks"` // where the words of the query stand
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
