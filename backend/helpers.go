package backend

// Helpers are the programs and networks of this machine that the reading of
// papers rests on beside our own readers; "" where there is none.
type Helpers struct {
	Office string // path of LibreOffice
	Scans  string // what reads the text off pictures, by its name
}

// Helpers says what this machine has.
func (w *Workstation) Helpers() Helpers {
	return Helpers{Office: w.office.Program(), Scans: w.scans.Reads()}
}
