// Package mail reads mails: EML as servers keep them, MSG as Outlook does.
//
// Invariant: what a sender wrote is shown, never run or fetched; every enclosed
// file can be taken out with the bytes that were sent.
package mail

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/compound"
)

const (
	// maxMail bounds a mail, which is taken into memory whole.
	maxMail = 128 << 20
	// maxEnclosures bounds the files that one mail carries.
	maxEnclosures = 1000
)

//go:embed labels.json
var labelsJSON []byte

// labels are the words before the fields of a mail's head.
type labels struct {
	Subject, From, To, Copy, Date, Enclosed, Unnamed, Nested string
}

// Format reads EML and MSG.
type Format struct {
	set    *extract.Typesetter
	limits extract.Limits
}

// New gives the format; the typesetter stays the caller's.
func New(set *extract.Typesetter, limits extract.Limits) *Format {
	return &Format{set: set, limits: limits.WithDefaults()}
}

// Probe goes by the name, for a mail begins like any text.
func (m *Format) Probe(head []byte, name string) int {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".eml":
		if !compound.Is(head) {
			return 60
		}
		return 70
	case ".msg":
		if compound.Is(head) {
			return 90
		}
	}
	return 0
}

// Open reads the head of the mail, its words and the names of what it carries.
// Errors: extract.ErrDamaged, ErrLimit, ErrUnsupported.
func (m *Format) Open(ctx context.Context, f *os.File, _ string) (extract.Document, error) {
	l, kind, err := m.letter(ctx, f)
	if err != nil {
		return nil, err
	}
	var words labels
	if err := json.Unmarshal(labelsJSON, &words); err != nil {
		return nil, fmt.Errorf("read labels: %w", err)
	}
	var out strings.Builder
	l.write(&out, words)
	return extract.Layout(kind, strings.TrimSpace(out.String()), extract.SourceText, m.set, m.limits)
}

// Enclosures hands the enclosed files to emit. Errors: as of Open, or emit's.
func (m *Format) Enclosures(ctx context.Context, f *os.File, _ string, emit func(extract.Enclosure) error) error {
	l, _, err := m.letter(ctx, f)
	if err != nil {
		return err
	}
	var words labels
	if err := json.Unmarshal(labelsJSON, &words); err != nil {
		return fmt.Errorf("read labels: %w", err)
	}
	for i, e := range l.all() {
		if e.Name == "" {
			e.Name = fmt.Sprintf("%s%d%s", words.Unnamed, i+1, e.ending)
		}
		if err := emit(e.Enclosure); err != nil {
			return err
		}
	}
	return nil
}

func (m *Format) letter(ctx context.Context, f *os.File) (l letter, kind string, err error) {
	info, err := f.Stat()
	if err != nil {
		return l, "", fmt.Errorf("look at file: %w", err)
	}
	if info.Size() > maxMail {
		return l, "", fmt.Errorf("a mail of %d bytes: %w", info.Size(), extract.ErrLimit)
	}
	raw := make([]byte, info.Size())
	if _, err = f.ReadAt(raw, 0); err != nil {
		return l, "", fmt.Errorf("read mail: %w", err)
	}
	if err = ctx.Err(); err != nil {
		return l, "", err
	}
	if compound.Is(raw) {
		l, err = outlook(bytes.NewReader(raw), info.Size(), m.limits)
		return l, "msg", err
	}
	l, err = parse(raw, m.limits)
	return l, "eml", err
}

// enclosure is an enclosed file; ending is what its name would end in.
type enclosure struct {
	extract.Enclosure
	ending string
}

// letter is what a mail says.
type letter struct {
	subject, from, to, copied, date string
	text                            string
	enclosed                        []enclosure
	nested                          []letter // forwarded mails that are no files of their own (MSG)
}

func (l letter) write(out *strings.Builder, w labels) {
	for _, f := range []struct{ label, value string }{
		{w.Subject, l.subject}, {w.From, l.from}, {w.To, l.to}, {w.Copy, l.copied}, {w.Date, l.date},
	} {
		if v := strings.Join(strings.Fields(f.value), " "); v != "" {
			out.WriteString(f.label + v + "\n")
		}
	}
	var names []string
	for _, e := range l.enclosed {
		if e.Name != "" {
			names = append(names, e.Name)
		}
	}
	if len(names) > 0 {
		out.WriteString(w.Enclosed + strings.Join(names, "\n"+w.Enclosed) + "\n")
	}
	out.WriteString("\n" + strings.TrimSpace(l.text) + "\n")
	for _, n := range l.nested {
		out.WriteString("\n" + w.Nested + "\n")
		n.write(out, w)
	}
}

// all are the enclosed files of the letter and of those nested in it.
func (l letter) all() []enclosure {
	out := l.enclosed
	for _, n := range l.nested {
		out = append(out, n.all()...)
	}
	return out
}
