package backend

// Helpers are the programs and networks of this machine that reading and
// hearing rest on beside our own readers; "" where there is none.
type Helpers struct {
	Office     string // path of LibreOffice
	Scans      string // what reads the text off pictures, by its name
	Speech     string // kind of the model that hears
	SpeechDir  string // the bureau's folder, where it is or would be
	SpeechLack error  // a fault: why nothing hears; nil when something does
}

// Helpers says what this machine has.
func (w *Workstation) Helpers() Helpers {
	kind, lack := w.speech.Present()
	return Helpers{Office: w.office.Program(), Scans: w.scans.Reads(), Speech: kind, SpeechDir: w.speech.dir, SpeechLack: lack}
}
