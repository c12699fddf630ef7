package viewing

import (
	"errors"
	"fmt"

	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/remote"
	"diaoyue.example/workstation/search/extract"
)

// What can be refused or go wrong at the desk.
var (
	// ErrNoPurpose: no purpose, an unknown one, or "other" without a note
	// (refusal R7). Parameter "basis" S19.
	ErrNoPurpose = fault.New("viewing.no_purpose", "a viewing needs a purpose")
	// ErrNotYours: an officer opens a case of others. Parameter "basis".
	ErrNotYours = fault.New("viewing.not_yours", "officers view the records of their own cases")
	// ErrReviewOwn: an officer reviews a case of his own without the head's
	// written authorisation (refusal R5; article 19 asks for review by another
	// eye). Parameter "basis".
	ErrReviewOwn = fault.New("viewing.review_own", "officers do not review their own cases")
	// ErrIsolated: perhaps a state secret, kept apart (refusal R1).
	ErrIsolated = fault.New("viewing.isolated", "the record is kept apart as a suspected state secret")
	// ErrNoViewing: not open, or another's. Parameter "viewing".
	ErrNoViewing = fault.New("viewing.no_viewing", "there is no such open viewing")
	// ErrNoCopy: no copy has this id or a sealed candidate. Parameter "copy".
	ErrNoCopy = fault.New("viewing.no_copy", "there is no such candidate copy")
	// ErrNoLog: the entry could not be written, so nothing is shown.
	ErrNoLog = fault.New("viewing.no_log", "the log cannot be written")
	// ErrSuspended: the seat is locked.
	ErrSuspended = fault.New("viewing.suspended", "the viewing waits until the seat is unlocked")
	// ErrTakeaway: nothing is copied, printed or saved from the glass (refusal
	// R4). Parameters "act", "basis".
	ErrTakeaway = fault.New("viewing.takeaway", "what is viewed cannot be taken away")
	// ErrSuperseded: a newer wish overtook this one; nothing is wrong.
	ErrSuperseded = fault.New("viewing.superseded", "a newer request overtook this one")
	// ErrBadInterval: a reported range is out of range or makes no sense. Parameter "field".
	ErrBadInterval = fault.New("viewing.bad_interval", "the reported range makes no sense")
	// ErrNotFootage: frames of a document were asked for.
	ErrNotFootage = fault.New("viewing.not_footage", "the record has no frames")
	// ErrNotPages: pages of a recording were asked for.
	ErrNotPages = fault.New("viewing.not_pages", "the record has no pages")
	// ErrNoFrame: beyond the end. Parameter "frame".
	ErrNoFrame = fault.New("viewing.no_frame", "the recording has no such frame")
	// ErrNoPage: beyond the end. Parameter "page".
	ErrNoPage = fault.New("viewing.no_page", "the document has no such page")
	// ErrNoSound: no such track, or an interval too long.
	ErrNoSound = fault.New("viewing.no_sound", "the recording has no such sound")
	// ErrDamaged: the bytes cannot be shown.
	ErrDamaged = fault.New("viewing.damaged", "the record cannot be read to its end")
	// ErrInexact: a frame could not be reproduced exactly and is not shown.
	ErrInexact = fault.New("viewing.inexact", "the frame could not be reproduced exactly")
	// ErrUnreadable: kept as it is, but it cannot be played. Parameter "kind":
	// one of the kinds of media.Diagnosis.
	ErrUnreadable = fault.New("viewing.unreadable", "this recording is kept and cannot be played")
	// ErrUnsupported: kept, but this version cannot show it.
	ErrUnsupported = fault.New("viewing.unsupported", "this version cannot show this kind of record")
	// ErrEncrypted: the document is protected by a password, or the recording by a key.
	ErrEncrypted = fault.New("viewing.encrypted", "the record is encrypted")
	// ErrWorker: the decoder died; opening again gives a new one.
	ErrWorker = fault.New("viewing.worker", "the decoder ended unexpectedly")
	// ErrRepeated: the recording ended the decoder again and again and is given
	// to none any more until the program is opened anew.
	ErrRepeated = fault.New("viewing.repeated", "the recording repeatedly ends the decoder")
)

// engineFault gives an engine's error the code that faces know.
func engineFault(err error) error {
	if err == nil {
		return nil
	}
	for _, m := range []struct {
		engine error
		fault  *fault.Fault
	}{
		{media.ErrNoFrame, ErrNoFrame},
		{media.ErrNoSound, ErrNoSound},
		{media.ErrInexact, ErrInexact},
		{media.ErrUnsupported, ErrUnsupported},
		{media.ErrNoVideo, ErrUnsupported},
		{media.ErrDamaged, ErrDamaged},
		{media.ErrMissingMoov, ErrDamaged},
		{media.ErrEncrypted, ErrEncrypted},
		{media.ErrEmpty, ErrDamaged},
		{remote.ErrRepeated, ErrRepeated},
		{remote.ErrWorkerGone, ErrWorker},
		{extract.ErrNoPage, ErrNoPage},
		{extract.ErrEncrypted, ErrEncrypted},
		{extract.ErrUnsupported, ErrUnsupported},
		{extract.ErrDamaged, ErrDamaged},
		{extract.ErrEmpty, ErrDamaged},
		{extract.ErrLimit, ErrDamaged},
		{extract.ErrTimeout, ErrDamaged},
	} {
		if errors.Is(err, m.engine) {
			return fmt.Errorf("%w: %w", m.fault, err)
		}
	}
	return err
}
