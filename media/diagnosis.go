package media

import (
	"errors"
	"fmt"
	"strings"
)

// Kinds of a Diagnosis: why a file cannot be opened.
const (
	DiagnosisEmpty       = "empty"        // no bytes, or zeros only
	DiagnosisNoIndex     = "no_index"     // an MP4 whose moov was never written, as after a loss of power
	DiagnosisIndexBroken = "index_broken" // an MP4 whose moov is there but cut off or unreadable
	DiagnosisPlaylist    = "playlist"     // a text that names other files
	DiagnosisEncrypted   = "encrypted"    // pictures are there but need a key
	DiagnosisDamaged     = "damaged"      // the format is known, its content unreadable
	DiagnosisUnsupported = "unsupported"  // no known or allowed format
)

// Diagnosis is what can be said of a file that cannot be opened. It is made of
// the file's own marks, never of its name, so that the recording can be kept
// together with the reason why it does not play.
type Diagnosis struct {
	Kind       string `json:"kind"`        // one of the Diagnosis constants
	Format     string `json:"format"`      // names of the format recognised, "" if none
	Size       int64  `json:"size"`        // bytes of the file
	MediaBytes int64  `json:"media_bytes"` // bytes of sound and pictures that are there (mdat), 0 if unknown
	Parts      []Part `json:"parts"`       // top-level boxes of an MP4, at most 32
	Codec      string `json:"codec"`       // "h264" or "hevc" if such pictures were seen in the data, "" if unknown
	Detail     string `json:"detail"`      // the decoder's own words, one line of English
}

// Part is one top-level box of an MP4.
type Part struct {
	Type   string `json:"type"`   // four printable characters
	Offset int64  `json:"offset"` // bytes from the start of the file
	Size   int64  `json:"size"`   // bytes as the box says, header included
	Whole  bool   `json:"whole"`  // all of it lies within the file
}

// String says the diagnosis on one line of English, for logs and the command line.
func (d Diagnosis) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d bytes", d.Kind, d.Size)
	if d.Format != "" {
		fmt.Fprintf(&b, ", format %s", d.Format)
	}
	if d.MediaBytes > 0 {
		fmt.Fprintf(&b, ", %d bytes of sound and pictures", d.MediaBytes)
	}
	if d.Codec != "" {
		fmt.Fprintf(&b, " (%s)", d.Codec)
	}
	for i, p := range d.Parts {
		sep := ", "
		if i == 0 {
			sep = "; holds "
		}
		cut := ""
		if !p.Whole {
			cut = " cut off"
		}
		fmt.Fprintf(&b, "%s%s%s", sep, p.Type, cut)
	}
	return b.String()
}

// Refused is the error of a file that cannot be opened. Err wraps one of the
// engine's sentinels.
type Refused struct {
	Err       error
	Diagnosis Diagnosis
}

// Error says what Err says.
func (r *Refused) Error() string { return r.Err.Error() }

// Unwrap returns Err.
func (r *Refused) Unwrap() error { return r.Err }

// DiagnosisOf returns the diagnosis that err carries, if any.
func DiagnosisOf(err error) (Diagnosis, bool) {
	var r *Refused
	if errors.As(err, &r) {
		return r.Diagnosis, true
	}
	return Diagnosis{}, false
}
