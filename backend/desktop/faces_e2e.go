//go:build e2e

package desktop

// extraFaces are what the end-to-end tests break on purpose.
func extraFaces(s *Shell) []any { return []any{&Crash{s}} }

// Crash fails as no face should, so that tests can see that the window lives on.
type Crash struct{ shell *Shell }

// NilDereference reads through a nil pointer.
func (c *Crash) NilDereference() (title string, err error) {
	defer c.shell.caught(&err)
	var nothing *Record
	return nothing.Title, nil //nolint:govet // on purpose
}

// Panic panics.
func (c *Crash) Panic() (err error) {
	defer c.shell.caught(&err)
	panic("on purpose")
}
