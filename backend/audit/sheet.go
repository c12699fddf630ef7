package audit

import (
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"
)

//go:embed sheet.html
var sheetHTML string

// Page writes the sheet as a printable page (A4, Chinese) that needs no other
// file: organ is the bureau's name, by who made it. The sheet shows no titles
// and no names of the log, so that anybody may keep it.
func (s Sheet) Page(w io.Writer, organ, by string) error {
	t, err := template.New("sheet").Funcs(template.FuncMap{"clock": wallClock, "group": spaced, "qr": dataURL}).Parse(sheetHTML)
	if err != nil {
		return fmt.Errorf("write witness sheet: %w", err)
	}
	page := struct {
		Sheet

		Organ, By string
	}{s, organ, by}
	if err := t.Execute(w, page); err != nil {
		return fmt.Errorf("write witness sheet: %w", err)
	}
	return nil
}

// spaced parts hexadecimal digits so that two people can read them to each
// other: eight at a time.
func spaced(text string) string {
	head, digits := "", text
	if before, after, ok := strings.Cut(text, ":"); ok {
		head, digits = before+":", after
	}
	var parts []string
	for len(digits) > 8 {
		parts, digits = append(parts, digits[:8]), digits[8:]
	}
	return head + strings.Join(append(parts, digits), " ")
}

// wallClock is the time as clocks in China show it.
func wallClock(at time.Time) string {
	return at.In(time.FixedZone("UTC+8", 8*3600)).Format("2006-01-02 15:04:05")
}

func dataURL(png []byte) template.URL {
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(png)) //nolint:gosec // base64 of a picture drawn here
}
