package backend

import (
	"cmp"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/media/speech"
)

// What keeps an archive from being opened or founded; store.ErrHeld besides.
var (
	// ErrNoArchive: there is no archive in the folder. Parameter "dir".
	ErrNoArchive = fault.New("backend.no_archive", "there is no archive in this folder")
	// ErrNotEmpty: an archive is founded in an empty folder only. Parameter "dir".
	ErrNotEmpty = fault.New("backend.not_empty", "the folder is not empty")
)

// Config says which archive, and whose clock and caches. Dir is required.
type Config struct {
	Dir      string   // the archive's root
	StateDir string   // outside the archive: keys and high-water marks; "" = DefaultStateDir
	CacheDir string   // compiled PDF engine; "" = the user's cache folder
	Mode     string   // store.ModeWindow or store.ModeCLI
	User     string   // who holds the archive, told to a second process
	FontDirs []string // Chinese font files; nil = the system's
	Office   string   // program of LibreOffice; "" looks for it, converter.None = none
	OCRDir   string   // networks and library that read scans; "" = the folder ocr beside the program, formats.NoOCR = none
	// SpeechModel is the bureau's folder with a model for speech; "" = what
	// DIAOYUE_SPEECH_MODEL names, else the folder model in SpeechLibrary,
	// transcription.None = none. SpeechLibrary is the folder of what runs it; "" =
	// the folder speech beside the program.
	SpeechModel, SpeechLibrary string

	Now      func() time.Time // nil = the wall clock
	Log      *slog.Logger     // nil = slog.Default()
	Argon    accounts.Argon   // zero = calibrated cost
	Workers  bool             // media engines in child processes of this program, locked in; main must then call Worker
	Keyring  audit.Keyring    // of the user's session; nil = the signing key lies in a file
	Restored *Acceptance      // somebody's word that the archive was lawfully restored from a copy; nil = it was not

	Idle     time.Duration         // of a viewing; 0 = 30 min
	Silence  time.Duration         // of the player; 0 = 5 s
	OnClosed func(id, kind string) // told of every viewing that ends; may be nil
	// OnWorkerDeath is told of every media worker that died: its role, the
	// original that was at work if it was alone, and the code why. May be nil.
	OnWorkerDeath func(role, subject, why string)
}

// Acceptance is the word of one who may make backups that an archive whose log
// went back was lawfully restored. Its entry is the first after the copy's.
type Acceptance struct{ Number, Password, Reason string }

// Founding is what the first-run form holds.
type Founding struct {
	Organ    string // the bureau's name
	Fonds    string // 全宗号
	Accounts []accounts.NewAccount
	// Originals is an existing empty folder on another disk or a NAS where the
	// originals shall lie; "" = below the archive's root. The database is never
	// there: it wants a disk of this machine.
	Originals string
}

const databaseName = "workstation.db"

// DefaultStateDir is where this user's keys and marks lie: XDG_STATE_HOME or
// ~/.local/state, never inside an archive.
func DefaultStateDir() string {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "diaoyue")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = os.TempDir()
	}
	return filepath.Join(home, ".local", "state", "diaoyue")
}

func (c Config) withDefaults() Config {
	if c.StateDir == "" {
		c.StateDir = DefaultStateDir()
	}
	if c.CacheDir == "" {
		if dir, err := os.UserCacheDir(); err == nil {
			c.CacheDir = filepath.Join(dir, "diaoyue")
		}
	}
	c.SpeechLibrary = cmp.Or(c.SpeechLibrary, speech.Dir())
	c.SpeechModel = cmp.Or(c.SpeechModel, os.Getenv("DIAOYUE_SPEECH_MODEL"), filepath.Join(c.SpeechLibrary, "model"))
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}
