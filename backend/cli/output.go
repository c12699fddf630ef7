package cli

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// print writes value as one line of JSON when --json was given, otherwise the
// plain lines.
func (c *call) print(value any, plain func()) error {
	if !c.json {
		plain()
		return nil
	}
	enc := json.NewEncoder(c.env.Stdout)
	enc.SetEscapeHTML(false)
	return enc.Encode(value)
}

// say writes one of the texts.
func (c *call) say(key string, pairs ...string) {
	fmt.Fprintln(c.env.Stdout, c.words.line(key, pairs...))
}

// row writes tab-separated fields.
func (c *call) row(fields ...string) {
	fmt.Fprintln(c.env.Stdout, strings.Join(fields, "\t"))
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
