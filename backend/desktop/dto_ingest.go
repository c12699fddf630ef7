package desktop

// What crosses the bridge while recordings and documents are taken in.

// IngestRequest is what the archivist chose.
type IngestRequest struct {
	CaseID string   `json:"caseId"`
	Stage  string   `json:"stage"`
	Paths  []string `json:"paths"` // files and folders
	Chain  bool     `json:"chain"` // the recordings are consecutive segments of one activity
	// RecordingID is the recording whose transcripts these files are; "" = by name.
	RecordingID string `json:"recordingId"`
}

// IngestJob is a submission on its way; also sent as event "ingest".
type IngestJob struct {
	ID        string          `json:"id"`
	State     string          `json:"state"` // running | done | cancelled | failed
	Files     int             `json:"files"`
	FilesDone int             `json:"filesDone"`
	Bytes     int64           `json:"bytes"`
	BytesDone int64           `json:"bytesDone"`
	Step      string          `json:"step"` // copying | syncing | reading-back | cataloguing
	Current   string          `json:"current"`
	Seconds   float64         `json:"seconds"`   // since the start
	Remaining float64         `json:"remaining"` // seconds, -1 unknown
	Outcomes  []IngestOutcome `json:"outcomes"`
}

// IngestOutcome is what became of one file.
type IngestOutcome struct {
	Path     string            `json:"path"`
	Name     string            `json:"name"`
	Size     int64             `json:"size"`
	State    string            `json:"state"` // waiting | running | stored | known | refused
	Code     string            `json:"code"`  // fault code when refused; of a stored transcript perhaps a remark
	Params   map[string]string `json:"params"`
	RecordID string            `json:"recordId"`
	SHA256   string            `json:"sha256"`
	SM3      string            `json:"sm3"`
	Seq      int64             `json:"seq"` // log position of the receipt
}
