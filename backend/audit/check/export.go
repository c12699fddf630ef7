package check

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"strconv"

	"diaoyue.example/workstation/backend/signature"
)

// ExportVersion is the version of the export's form, docs/formats/log.md.
const ExportVersion = 1

// maxLine bounds a line of an export; an entry's details are far shorter.
const maxLine = 16 << 20

// Line is one line of an export; exactly one field is set.
type Line struct {
	Head       *Head      `json:"head,omitempty"`
	Key        *KeyLine   `json:"key,omitempty"`
	Checkpoint *NoteLine  `json:"checkpoint,omitempty"`
	Witness    *NoteLine  `json:"witness,omitempty"`
	Entry      *EntryLine `json:"entry,omitempty"`
	End        *End       `json:"end,omitempty"`
}

// Head is the first line.
type Head struct {
	V        int    `json:"v"`
	Archive  string `json:"archive"`
	At       string `json:"at"`
	Withheld bool   `json:"withheld"`
}

// KeyLine is a key of the log, oldest first.
type KeyLine struct {
	Public string `json:"public"`
	Since  int64  `json:"since"`
}

// NoteLine is a checkpoint, or what the log keeps of the witness of entry Seq.
type NoteLine struct {
	Seq  int64  `json:"seq,omitempty"`
	Size int64  `json:"size"`
	Note string `json:"note"`
}

// EntryLine is an entry; without details when it has none or they are kept
// back.
type EntryLine struct {
	Seq     int64   `json:"seq"`
	Body    string  `json:"body"`
	Details *string `json:"details,omitempty"`
	Salt    string  `json:"salt,omitempty"` // lower hex
}

// End is the last line; an export without it was cut.
type End struct {
	Size int64 `json:"size"`
}

// Config says what an export is held against.
type Config struct {
	Trusted   []string // public keys or fingerprints that came from elsewhere
	Witnesses []string // checkpoints that came from elsewhere
	Cosigners []string // public keys of other workstations whose cosignatures count as witnesses
}

// Export verifies an export of a log. The first fault is returned as a
// *TamperError; ErrNotExport for a file of another kind, ErrOtherLog for a
// witness of another log; what reading r returned as it is. progress may be
// nil. Whether the log is signed by somebody to be trusted is in the report, not in
// the error.
func Export(ctx context.Context, r io.Reader, cfg Config, progress func(done int64)) (Report, error) {
	x := reading{cfg: cfg, progress: progress, salt: []byte{}} // a salt that is there is not nil
	for _, text := range cfg.Cosigners {
		c, err := signature.ParseCosigner(text)
		if err != nil {
			return Report{}, err
		}
		x.cosigners = append(x.cosigners, c)
	}
	lines := bufio.NewReaderSize(r, 1<<16)
	last, text := int64(0), []byte(nil)
	for n := int64(1); !x.ended; n++ {
		last = n
		var err error
		text, err = readLine(lines, text)
		if err == nil {
			err = x.line(ctx, text)
		}
		if errors.Is(err, io.EOF) && x.c != nil {
			seq, _ := x.c.Head()
			return Report{}, &TamperError{Seq: seq + 1, To: seq + 1, Kind: KindMissing} // cut short
		}
		if errors.Is(err, errForm) || errors.Is(err, io.EOF) {
			err = ErrNotExport.With("line", strconv.FormatInt(n, 10))
		}
		if err != nil {
			return Report{}, err
		}
	}
	if _, err := lines.ReadByte(); err == nil {
		return Report{}, ErrNotExport.With("line", strconv.FormatInt(last+1, 10))
	} else if !errors.Is(err, io.EOF) {
		return Report{}, err
	}
	return x.c.Finish(ctx)
}

// errForm says that a line is none of an export.
var errForm = errors.New("not a line of an export")

type reading struct {
	cfg       Config
	cosigners []signature.Cosigner
	progress  func(done int64)
	c         *Checker
	withheld  bool
	ready     bool // the first entry came
	ended     bool
	fast      entryLine
	salt      []byte
}

func (x *reading) line(ctx context.Context, text []byte) error {
	if x.c != nil && x.fast.scan(text) {
		return x.entry(ctx, &x.fast)
	}
	var l Line
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if d.Decode(&l) != nil || (l.Head != nil) == (x.c != nil) {
		return errForm
	}
	switch {
	case l.Head != nil:
		if l.Head.V != ExportVersion {
			return errForm
		}
		x.c, x.withheld = New(l.Head.Archive, x.cfg.Trusted), l.Head.Withheld
		return nil
	case l.Key != nil && !x.ready:
		p, err := signature.ParsePublic(l.Key.Public)
		if err != nil {
			return errForm
		}
		x.c.Key(p, l.Key.Since)
		return nil
	case l.Checkpoint != nil && !x.ready:
		return x.c.Checkpoint(l.Checkpoint.Size, l.Checkpoint.Note)
	case l.Witness != nil && !x.ready:
		return x.c.Kept(l.Witness.Seq, l.Witness.Size, l.Witness.Note, x.cosigners)
	case l.Entry != nil:
		e := entryLine{seq: l.Entry.Seq, body: []byte(l.Entry.Body), salt: []byte(l.Entry.Salt)}
		if l.Entry.Details != nil {
			e.details, e.known = []byte(*l.Entry.Details), true
		}
		return x.entry(ctx, &e)
	case l.End != nil:
		if err := x.begin(); err != nil {
			return err
		}
		x.c.Expect(l.End.Size)
		x.ended = true
		return nil
	}
	return errForm
}

// begin takes the witnesses when all keys and checkpoints have come.
func (x *reading) begin() error {
	if x.ready {
		return nil
	}
	x.ready = true
	for _, note := range x.cfg.Witnesses {
		if err := x.c.Witness(note); err != nil {
			return err
		}
	}
	return nil
}

func (x *reading) entry(ctx context.Context, l *entryLine) error {
	if err := x.begin(); err != nil {
		return err
	}
	e := Entry{Seq: l.seq, Body: l.body, Withheld: x.withheld}
	if l.known {
		salt, err := hex.AppendDecode(x.salt[:0], l.salt)
		if err != nil {
			return errForm
		}
		x.salt = salt
		e.Details, e.Salt = l.details, salt
	}
	_, leaf, err := x.c.Read(&e)
	if err == nil {
		err = x.c.Grow(leaf, nil)
	}
	if l.seq%4096 == 0 {
		if x.progress != nil {
			x.progress(l.seq)
		}
		err = errors.Join(err, ctx.Err())
	}
	return err
}

// readLine returns the next line, which the next call overwrites.
func readLine(r *bufio.Reader, line []byte) ([]byte, error) {
	line = line[:0]
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		if err == nil {
			return line, nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err // io.EOF also for a line without its end, which was cut
		}
		if len(line) > maxLine {
			return line, errForm
		}
	}
}
