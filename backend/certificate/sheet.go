package certificate

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"time"

	"diaoyue.example/workstation/backend/signature"
)

//go:embed sheet.html
var sheetHTML string

// Sheet writes c as a printable page (A4, Chinese). The JSON remains the truth.
func (c Certificate) Sheet(w io.Writer) error {
	t, err := template.New("sheet").Funcs(template.FuncMap{
		"inc": func(i int) int { return i + 1 }, "clock": clock, "day": day, "fingerprint": fingerprint, "share": share,
	}).Parse(sheetHTML)
	if err != nil {
		return fmt.Errorf("write sheet: %w", err)
	}
	if err := t.Execute(w, c); err != nil {
		return fmt.Errorf("write sheet: %w", err)
	}
	return nil
}

// clock writes seconds as 00:12:46.520.
func clock(seconds float64) string {
	ms := int64(math.Round(seconds * 1000))
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3600000, ms/60000%60, ms/1000%60, ms%1000)
}

// share writes a share of the whole as 98.2%, rounded down: only all is 100%.
func share(shown, total int64) string {
	switch {
	case shown <= 0 || total <= 0:
		return "0%"
	case shown >= total:
		return "100%"
	}
	return fmt.Sprintf("%.1f%%", float64(max(1, shown*1000/total))/10)
}

type date struct {
	Year, Month, Day int
	Clock            string
}

// day reads an RFC 3339 time as the clock on the wall in China shows it.
func day(at string) date {
	t, err := time.Parse(time.RFC3339Nano, at)
	if err != nil {
		return date{}
	}
	t = t.In(time.FixedZone("UTC+8", 8*3600))
	return date{t.Year(), int(t.Month()), t.Day(), t.Format("15:04")}
}

func fingerprint(key string) string {
	p, err := signature.ParsePublic(key)
	if err != nil {
		return key
	}
	return p.Fingerprint()
}
