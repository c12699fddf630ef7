package desktop

// What crosses the bridge at the seat: the station, its archive, the log's position.

// Station is what the window shows before and after sign-in: which archive is
// open, who sits there and what that account may do.
type Station struct {
	State       string   `json:"state"` // "none" (no archive yet) | "held" (another process has it) | "shut" (it cannot be opened) | "ready"
	Archive     Archive  `json:"archive"`
	Account     *Account `json:"account"` // null when nobody is signed in
	Permissions []string `json:"permissions"`
	Head        LogHead  `json:"head"`
	Holder      string   `json:"holder"`  // who holds the archive when State is "held"
	Problem     *Problem `json:"problem"` // why it cannot be opened when State is "shut"
	Version     string   `json:"version"`
	Locked      string   `json:"locked"`      // why the seat is locked: idle | screen | sleep | asked; "" = it is not
	DesktopLock bool     `json:"desktopLock"` // the desktop's lock is heard
	SleepLock   bool     `json:"sleepLock"`   // the login manager's lock and sleep are heard
}

// Archive names the open archive.
type Archive struct {
	Dir      string `json:"dir"`
	Apart    string `json:"apart"` // where the originals lie, when not below dir
	Organ    string `json:"organ"` // the bureau's name
	Fonds    string `json:"fonds"`
	KeyPlace string `json:"keyPlace"` // where the signing key lies: a path, or "keyring"
	KeyKind  string `json:"keyKind"`  // file | keyring
	Public   string `json:"public"`   // the signing key's public half
}

// Engine is a process that reads foreign bytes, and what the kernel holds it
// to; nothing is known of one that has not started yet.
type Engine struct {
	Name       string `json:"name"` // "media-worker" | "extract-worker" | "speech-worker"
	Role       string `json:"role"` // "desk" | "bench" | "scans" | "speech"
	Running    bool   `json:"running"`
	Deaths     int    `json:"deaths"` // since the archive was opened
	Seccomp    bool   `json:"seccomp"`
	Landlock   int    `json:"landlock"` // version, 0 = not in force
	Limits     bool   `json:"limits"`
	NoNewPrivs bool   `json:"noNewPrivs"`
}

// Helpers are the programs and models that reading and hearing rest on; "" where
// there is none.
type Helpers struct {
	Office     string   `json:"office"`     // path of LibreOffice
	Scans      string   `json:"scans"`      // what reads text off pictures
	Speech     string   `json:"speech"`     // what hears: sense-voice | paraformer | whisper
	SpeechDir  string   `json:"speechDir"`  // the bureau's folder, where it is or would be
	SpeechLack *Problem `json:"speechLack"` // why nothing hears, null when something does
}

// Founding is the first-run form.
type Founding struct {
	Dir      string       `json:"dir"`
	Apart    string       `json:"apart"` // an empty folder on another disk for the originals; "" = below dir
	Organ    string       `json:"organ"`
	Fonds    string       `json:"fonds"`
	Accounts []NewAccount `json:"accounts"`
}

// LogHead is the log's position, shown in the status line.
type LogHead struct {
	Size         int64  `json:"size"`
	Root         string `json:"root"` // hex
	SinceWitness int64  `json:"sinceWitness"`
}
