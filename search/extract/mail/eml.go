package mail

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"

	"github.com/jhillyerd/enmime/v2"

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/text"
)

// dateForm shows when a mail was sent, by its sender's clock.
const dateForm = "2006-01-02 15:04:05 -0700"

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// maxBoundaries bounds how deep parts may lie in parts: the parser reads each
// through all those around it.
const maxBoundaries = 256

// parse reads a mail as it goes over the wire.
func parse(raw []byte, limits extract.Limits) (letter, error) {
	if bytes.Count(bytes.ToLower(raw), []byte("boundary=")) > maxBoundaries && deep(raw) {
		return letter{}, fmt.Errorf("parts nested too deep: %w", extract.ErrLimit)
	}
	// Contents are left as they came: the parser would turn enclosed text into
	// UTF-8, and its guess of the encoding is wrong on short Chinese text.
	root, err := enmime.NewParser(enmime.RawContent(true), enmime.SkipMalformedParts(true)).ReadParts(bytes.NewReader(raw))
	if err != nil {
		return letter{}, fmt.Errorf("read mail: %w (%w)", extract.ErrDamaged, err)
	}
	if len(root.Header) == 0 {
		return letter{}, fmt.Errorf("a mail without a head: %w", extract.ErrDamaged)
	}
	l := head(root.Header)
	if l.text, err = body(root, limits, &l.enclosed); err != nil {
		return letter{}, err
	}
	return l, nil
}

// deep says whether boundaries are declared one within another, rather than in
// mails that were forwarded side by side.
func deep(raw []byte) bool {
	return bytes.Count(bytes.ToLower(raw), []byte("content-type: multipart")) > maxBoundaries
}

func head(h textproto.MIMEHeader) letter {
	l := letter{
		subject: decoded(h.Get("Subject")), from: decoded(h.Get("From")), to: decoded(strings.Join(h.Values("To"), ", ")),
		copied: decoded(strings.Join(h.Values("Cc"), ", ")), date: decoded(h.Get("Date")),
	}
	if at, err := mail.ParseDate(h.Get("Date")); err == nil {
		l.date = at.Format(dateForm)
	}
	return l
}

// body takes the words of a part and of those in it; of alternatives the plain
// one, unless it says nothing. What is no text is enclosed.
func body(p *enmime.Part, limits extract.Limits, enclosed *[]enclosure) (string, error) {
	if len(*enclosed) > maxEnclosures {
		return "", fmt.Errorf("more than %d enclosed files: %w", maxEnclosures, extract.ErrLimit)
	}
	if p.FirstChild == nil {
		return leaf(p, limits, enclosed)
	}
	var plain, rich []string
	for c := p.FirstChild; c != nil; c = c.NextSibling {
		s, err := body(c, limits, enclosed)
		if err != nil {
			return "", err
		}
		switch {
		case strings.TrimSpace(s) == "":
		case c.ContentType == "text/html" || c.ContentType == "multipart/related":
			rich = append(rich, s)
		default:
			plain = append(plain, s)
		}
	}
	if strings.EqualFold(p.ContentType, "multipart/alternative") && len(plain) > 0 {
		rich = nil
	}
	return strings.Join(append(plain, rich...), "\n\n"), nil
}

func leaf(p *enmime.Part, limits extract.Limits, enclosed *[]enclosure) (string, error) {
	kind := strings.ToLower(p.ContentType)
	name := extract.EnclosedName(decoded(p.FileName))
	content := sent(p)
	shown := strings.HasPrefix(kind, "text/plain") || strings.HasPrefix(kind, "text/html") || kind == ""
	if p.Disposition == "attachment" || name != "" || !shown {
		if len(content) > 0 && !strings.HasPrefix(kind, "multipart/") {
			*enclosed = append(*enclosed, enclosure{extract.Enclosure{Name: name, Content: content}, ending(kind)})
		}
		return "", nil
	}
	charset := p.ContentTypeParams["charset"]
	var s string
	var err error
	if kind == "text/html" {
		s, err = text.FromHTML(content, charset, limits)
	} else {
		s, err = text.DecodeAs(content, charset)
	}
	if errors.Is(err, extract.ErrDamaged) {
		return "", nil // one part that is no text must not hide the others
	}
	return s, err
}

// sent gives the bytes of a part as they were before the transport packed them,
// as far as they can be read.
func sent(p *enmime.Part) []byte {
	switch strings.ToLower(strings.TrimSpace(p.Header.Get("Content-Transfer-Encoding"))) {
	case "base64":
		packed := bytes.Map(func(r rune) rune {
			if r < 128 && strings.ContainsRune(base64Alphabet, r) {
				return r
			}
			return -1
		}, p.Content)
		out := make([]byte, base64.RawStdEncoding.DecodedLen(len(packed)))
		n, err := base64.RawStdEncoding.Decode(out, packed)
		if err != nil {
			return out[:n] // what came before the damage
		}
		return out[:n]
	case "quoted-printable":
		out, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(p.Content)))
		if err != nil {
			return p.Content // not what it says: shown as it came
		}
		return out
	}
	return p.Content
}

// ending of the name of a part that has none.
func ending(kind string) string {
	switch kind {
	case "message/rfc822":
		return ".eml"
	case "application/pdf":
		return ".pdf"
	case "image/jpeg":
		return ".jpg"
	case "image/png":
		return ".png"
	case "text/calendar":
		return ".ics"
	case "text/csv":
		return ".csv"
	}
	return ".bin"
}
