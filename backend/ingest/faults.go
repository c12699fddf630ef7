package ingest

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/vault"
	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/remote"
	"diaoyue.example/workstation/media/speech"
)

// Why a file was not taken. Each carries the parameter "name".
var (
	ErrRepeated    = fault.New("ingest.repeated", "the file repeatedly ends the decoder")
	ErrEmpty       = fault.New("ingest.empty", "the file is empty")
	ErrUnreadable  = fault.New("ingest.unreadable", "the file cannot be read")
	ErrMissing     = fault.New("ingest.missing", "there is no such file")
	ErrUnsupported = fault.New("ingest.unsupported", "this kind of file is not taken")
	ErrDamaged     = fault.New("ingest.damaged", "the recording is damaged and cannot be read")
	ErrNoIndex     = fault.New("ingest.no_moov", "the recording lacks its index, as after a loss of power")
	ErrEncrypted   = fault.New("ingest.encrypted", "the recording is encrypted")
	ErrVanished    = fault.New("ingest.vanished", "the file changed or vanished while it was copied")
	ErrNoSpace     = fault.New("ingest.no_space", "no space is left")
	ErrCancelled   = fault.New("ingest.cancelled", "the submission was cancelled before this file")
	ErrHidden      = fault.New("ingest.hidden", "hidden files are skipped")
	ErrLink        = fault.New("ingest.link", "symbolic links are not followed")
	ErrPacked      = fault.New("ingest.packed", "the file is a packed folder")
	ErrNotRegular  = fault.New("ingest.not_regular", "not a regular file")
	// ErrNotTranscript remarks on a stored file: no words could be taken from it.
	// Parameter "why": times, words, size or encoding.
	ErrNotTranscript = fault.New("ingest.not_transcript", "the file is stored, but gives no transcript")
	// ErrTranscriptAlone remarks on a stored transcript: its case has no
	// recording of its name yet.
	ErrTranscriptAlone = fault.New("ingest.transcript_alone", "the transcript is stored, and no recording has its name")
	// ErrNothing: the submission names no file at all.
	ErrNothing = fault.New("ingest.nothing", "nothing was chosen")
)

// Why text was not read off a picture.
var (
	// ErrNoReader: neither the networks nor tesseract are on this machine.
	ErrNoReader = fault.New("ingest.no_reader", "nothing on this machine reads scans")
	// ErrPageUnread: the page cannot be shown, or reading it failed.
	ErrPageUnread = fault.New("ingest.page_unread", "the page could not be read")
	// ErrPageSlow: reading the page took longer than it may.
	ErrPageSlow = fault.New("ingest.page_slow", "reading the page took too long")
)

// Why nothing hears what is said in recordings: what the bureau's folder lacks.
// Parameter "file" (of the first "dir").
var (
	ErrSpeechFolder  = fault.New("ingest.speech_folder", "there is no folder with a model for speech")
	ErrSpeechLibrary = fault.New("ingest.speech_library", "what runs models for speech is not beside the program")
	ErrSpeechModel   = fault.New("ingest.speech_model", "the folder holds no network")
	ErrSpeechKind    = fault.New("ingest.speech_kind", "the network in the folder is of none of the kinds that can be run")
	ErrSpeechHalf    = fault.New("ingest.speech_half", "the folder lacks one of two networks")
	ErrSpeechTokens  = fault.New("ingest.speech_tokens", "the folder lacks the list of words")
	ErrSpeechWhole   = fault.New("ingest.speech_whole", "a network in the folder is cut short or damaged")
	// ErrSpeechRefused: the folder seems whole, and the model cannot be loaded.
	ErrSpeechRefused = fault.New("ingest.speech_refused", "the model for speech cannot be loaded")
)

// Why no words were made of a recording. Each carries the parameter "name".
var (
	// ErrSpeechEnded: the process ended, hung or talked nonsense over it.
	ErrSpeechEnded = fault.New("ingest.speech_ended", "what hears ended over the recording")
	// ErrNotHeard: the record has no sound that can be decoded.
	ErrNotHeard = fault.New("ingest.not_heard", "there is no sound to hear")
	// ErrHearing: it was asked for, and waits or runs.
	ErrHearing = fault.New("ingest.hearing", "words are being made of the recording")
	// ErrHeardAlready: this very model made words of it before.
	ErrHeardAlready = fault.New("ingest.heard_already", "the same model made words of the recording before")
	// ErrNothingHeard: it was heard to its end, and nobody speaks.
	ErrNothingHeard = fault.New("ingest.nothing_heard", "nothing was heard in the recording")
)

// SpeechLack is what a model's folder lacks, as a fault.
func SpeechLack(l *speech.Lack) error {
	all := map[string]*fault.Fault{
		speech.LackLibrary: ErrSpeechLibrary, speech.LackModel: ErrSpeechModel, speech.LackKind: ErrSpeechKind,
		speech.LackHalf: ErrSpeechHalf, speech.LackTokens: ErrSpeechTokens, speech.LackWhole: ErrSpeechWhole,
	}
	if f := all[l.Why]; f != nil {
		return f.With("file", l.File)
	}
	return ErrSpeechFolder.With("dir", l.File)
}

// fileFault gives what went wrong with a file its code.
func fileFault(name string, err error) error {
	// What is wrong with the vault is not the file's fault, though the system
	// has the same words for both.
	for _, ours := range []error{vault.ErrReadOnly, vault.ErrDisk, vault.ErrNoOriginals, vault.ErrNoExclusive} {
		if errors.Is(err, ours) {
			return err
		}
	}
	for _, m := range []struct {
		cause error
		fault *fault.Fault
	}{
		{vault.ErrEmpty, ErrEmpty},
		{media.ErrEmpty, ErrEmpty},
		{vault.ErrVanished, ErrVanished},
		{vault.ErrGrew, ErrVanished},
		{ErrVanished, ErrVanished},
		{vault.ErrNoSpace, ErrNoSpace},
		{syscall.ENOSPC, ErrNoSpace},
		{remote.ErrRepeated, ErrRepeated},
		{media.ErrMissingMoov, ErrNoIndex},
		{media.ErrEncrypted, ErrEncrypted},
		{media.ErrUnsupported, ErrUnsupported},
		{media.ErrDamaged, ErrDamaged},
		{fs.ErrNotExist, ErrMissing},
		{fs.ErrPermission, ErrUnreadable},
		{syscall.EIO, ErrUnreadable},
	} {
		if errors.Is(err, m.cause) {
			return fmt.Errorf("%w: %w", m.fault.With("name", name), err)
		}
	}
	if fault.Code(err) == fault.Internal {
		return fmt.Errorf("%w: %w", ErrUnreadable.With("name", name), err)
	}
	return err
}

// knownRecord returns the record that ErrOriginalKnown names.
func knownRecord(err error) string {
	if !errors.Is(err, catalog.ErrOriginalKnown) {
		return ""
	}
	return fault.Params(err)["record"]
}
