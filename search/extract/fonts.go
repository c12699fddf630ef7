package extract

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"golang.org/x/image/font/sfnt"
)

// SystemFonts lists where Chinese fonts lie on the systems we ship for, best
// first. Files that do not exist are passed over.
func SystemFonts() []string {
	return []string{
		"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
		"/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
		"/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
		"/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
		"/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
	}
}

// Typesetter draws lines of text. Without a font it still lays out, but cannot
// draw. It is safe for concurrent use; Close it.
type Typesetter struct {
	paths []string

	mu   sync.Mutex
	file *os.File // read while drawing: a font of all Han has 20 MB
	font *sfnt.Font
}

// NewTypesetter takes the first of these font files that opens, at first use.
func NewTypesetter(paths []string) *Typesetter { return &Typesetter{paths: paths} }

// Warm opens the font now, if there is any.
func (t *Typesetter) Warm() error {
	if _, err := t.face(); err != nil && !errors.Is(err, ErrNoFont) {
		return err
	}
	return nil
}

// Close lets the font go.
func (t *Typesetter) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file == nil {
		return nil
	}
	err := t.file.Close()
	t.file, t.font = nil, nil
	return err
}

// face is the font, or ErrNoFont.
func (t *Typesetter) face() (*sfnt.Font, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.font != nil {
		return t.font, nil
	}
	for _, path := range t.paths {
		file, err := os.Open(path)
		if err != nil {
			continue
		}
		font, err := chinese(file)
		if err != nil {
			_ = file.Close()
			continue
		}
		t.file, t.font = file, font
		return font, nil
	}
	return nil, ErrNoFont
}

// chinese picks the simplified Chinese face of a font file, of even width where
// there is one. A file that cannot draw Han is refused.
func chinese(file *os.File) (*sfnt.Font, error) {
	c, err := sfnt.ParseCollectionReaderAt(file)
	if err != nil {
		return nil, fmt.Errorf("read font: %w", err)
	}
	var best *sfnt.Font
	bestScore := -1
	var buf sfnt.Buffer
	for i := range c.NumFonts() {
		f, err := c.Font(i)
		if err != nil {
			continue
		}
		g, err := f.GlyphIndex(&buf, 0x4e2d) // the Han for "middle"
		if err != nil || g == 0 {
			continue
		}
		name, err := f.Name(&buf, sfnt.NameIDFull)
		if err != nil {
			name = ""
		}
		score := 0
		if strings.Contains(name, "SC") {
			score += 2
		}
		if strings.Contains(name, "Mono") {
			score++
		}
		if score > bestScore {
			best, bestScore = f, score
		}
	}
	if best == nil {
		return nil, fmt.Errorf("read font: %w", ErrNoFont)
	}
	return best, nil
}
