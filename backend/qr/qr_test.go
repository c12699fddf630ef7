package qr_test

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"diaoyue.example/workstation/backend/qr"
)

// The three corner marks stand where a reader looks for them: dark rings of
// seven modules inside a white border, each module scale pixels wide.
func TestPNG(t *testing.T) {
	const scale = 6
	text := strings.Repeat("— 见证 0123456789\n", 20)
	data, err := qr.PNG(text, scale)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	size := picture.Bounds().Dx()/scale - 2*qr.Quiet
	if picture.Bounds().Dx()%scale != 0 || (size-17)%4 != 0 || picture.Bounds().Dy() != picture.Bounds().Dx() {
		t.Fatalf("%v for %d modules", picture.Bounds(), size)
	}
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			if got, want, known := dark(picture, x, y), mark(x/scale-qr.Quiet, y/scale-qr.Quiet, size), known(x/scale-qr.Quiet, y/scale-qr.Quiet, size); known && got != want {
				t.Fatalf("pixel %d,%d is dark: %v, want %v", x, y, got, want)
			}
		}
	}
	if _, err = qr.PNG(strings.Repeat("x", 3000), scale); err == nil {
		t.Error("a text that does not fit was drawn")
	}
	if _, err = exec.LookPath("zbarimg"); err != nil {
		t.Skip("no zbarimg to read the code")
	}
	path := filepath.Join(t.TempDir(), "code.png")
	if err = os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	read, err := exec.CommandContext(t.Context(), "zbarimg", "--quiet", "--raw", "-Sbinary", path).Output()
	if err != nil || string(read) != text {
		t.Errorf("read %q, %v", read, err)
	}
}

func dark(p image.Image, x, y int) bool {
	r, _, _, _ := p.At(x, y).RGBA()
	return r < 0x8000
}

// corner moves a module into the coordinates of the corner mark it is in.
func corner(x, y, size int) (cx, cy int, ok bool) {
	for _, at := range [][2]int{{0, 0}, {size - 7, 0}, {0, size - 7}} {
		if cx, cy := x-at[0], y-at[1]; cx >= -1 && cx <= 7 && cy >= -1 && cy <= 7 {
			return cx, cy, true
		}
	}
	return 0, 0, false
}

// known reports whether the module is the same in every code of that size.
func known(x, y, size int) bool {
	_, _, ok := corner(x, y, size)
	return ok || x < 0 || y < 0 || x >= size || y >= size
}

func mark(x, y, size int) bool {
	cx, cy, ok := corner(x, y, size)
	if !ok {
		return false
	}
	ring := max(max(3-cx, cx-3), max(3-cy, cy-3))
	return ring == 3 || ring <= 1
}
