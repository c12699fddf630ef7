package preview_test

import (
	"bytes"
	"context"
	"errors"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/mediatest"
	"diaoyue.example/workstation/media/preview"
)

func clip(t *testing.T, c mediatest.Clip) *os.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clip.mp4")
	if err := mediatest.Make(t.Context(), path, c); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func made(t *testing.T, f *os.File, ix *frameindex.Index, o preview.Options) *preview.Preview {
	t.Helper()
	data, err := preview.Make(t.Context(), f, ix, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := preview.Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func verified(t *testing.T, f *os.File) *frameindex.Index {
	t.Helper()
	ix, err := frameindex.Build(t.Context(), f, nil)
	if err != nil {
		t.Fatal(err)
	}
	return ix
}

// numberAt reads the number out of a tile of a sheet.
func numberAt(t *testing.T, sheet []byte, x, y, w, h int) int64 {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(sheet))
	if err != nil {
		t.Fatal(err)
	}
	p := media.NewPicture(w, h)
	for row := range h {
		for col := range w {
			r, g, b, _ := img.At(x+col, y+row).RGBA()
			p.Planes[0][row*p.Stride[0]+col] = byte((299*r + 587*g + 114*b) / 1000 >> 8)
		}
	}
	n, err := mediatest.ReadNumber(p)
	if err != nil {
		t.Fatalf("tile at %d,%d: %v", x, y, err)
	}
	return n
}

// Every tile shows the frame that it names: with short and long groups, with
// B-frames, with a variable rate.
func TestTilesAreTheirFrames(t *testing.T) {
	for name, c := range map[string]mediatest.Clip{
		"keys every second": {Width: 640, Height: 360, Frames: 150, GOP: 25},
		"one long group":    {Width: 640, Height: 360, Frames: 150, GOP: 250, BFrames: 2},
		"variable rate":     {Width: 640, Height: 360, Frames: 120, GOP: 30, VFR: true},
	} {
		t.Run(name, func(t *testing.T) {
			f := clip(t, c)
			p := made(t, f, verified(t, f), preview.Options{Interval: 0.5})
			info := p.Info()
			if len(info.Tiles) < 6 || info.State != "verified" || info.Tiles[0].Frame != 0 {
				t.Fatalf("tiles %v, index %s", info.Tiles, info.State)
			}
			sheet, err := p.Sheet(0)
			if err != nil {
				t.Fatal(err)
			}
			for i, tile := range info.Tiles[:min(len(info.Tiles), info.Columns*info.Rows)] {
				x, y := i%info.Columns*info.TileWidth, i/info.Columns*info.TileHeight
				if n := numberAt(t, sheet, x, y, info.TileWidth, info.TileHeight); n != tile.Frame {
					t.Errorf("tile %d names frame %d and shows %d", i, tile.Frame, n)
				}
			}
			contact, err := p.Contact()
			if err != nil {
				t.Fatal(err)
			}
			last := len(info.Contact.Tiles) - 1
			x, y := last%info.Contact.Columns*info.Contact.Width, last/info.Contact.Columns*info.Contact.Height
			if n := numberAt(t, contact, x, y, info.Contact.Width, info.Contact.Height); n != info.Contact.Tiles[last].Frame {
				t.Errorf("the contact sheet's last tile names frame %d and shows %d", info.Contact.Tiles[last].Frame, n)
			}
		})
	}
}

// More tiles than a sheet holds go on to a second one; a limit is kept.
func TestSheetsAndLimit(t *testing.T) {
	f := clip(t, mediatest.Clip{Width: 320, Height: 180, Frames: 300, GOP: 1})
	p := made(t, f, nil, preview.Options{Interval: 0.1, MaxTiles: 105})
	info := p.Info()
	if len(info.Tiles) > 105 || len(info.Tiles) < 101 || len(info.Sheets) != 2 || info.State != "provisional" {
		t.Fatalf("%d tiles on %d sheets, index %s", len(info.Tiles), len(info.Sheets), info.State)
	}
	sheet, err := p.Sheet(1)
	if err != nil {
		t.Fatal(err)
	}
	if n := numberAt(t, sheet, 0, 0, info.TileWidth, info.TileHeight); n != info.Tiles[100].Frame {
		t.Errorf("the second sheet begins with frame %d, not %d", n, info.Tiles[100].Frame)
	}
	if _, err := p.Sheet(2); !errors.Is(err, preview.ErrNone) {
		t.Errorf("a third sheet: %v", err)
	}
}

// Upright recordings have upright tiles.
func TestRotated(t *testing.T) {
	f := clip(t, mediatest.Clip{Width: 180, Height: 320, Frames: 30, Rotation: 90})
	info := made(t, f, nil, preview.Options{}).Info()
	if info.TileWidth >= info.TileHeight {
		t.Errorf("tiles of %d by %d", info.TileWidth, info.TileHeight)
	}
}

// Points that are not square, as those of the old television sizes, are spread
// on the sheets as on the glass, upright recordings too.
func TestPointsAreSpread(t *testing.T) {
	sar := func(num, den int64) media.Rational { return media.Rational{Num: num, Den: den} }
	for name, c := range map[string]struct {
		clip                                       mediatest.Clip
		width, height, contactWidth, contactHeight int
	}{
		"square":    {mediatest.Clip{Width: 320, Height: 180}, 192, 108, 288, 162},
		"twice":     {mediatest.Clip{Width: 320, Height: 320, SAR: sar(2, 1)}, 192, 96, 288, 144},
		"half":      {mediatest.Clip{Width: 320, Height: 160, SAR: sar(1, 2)}, 108, 108, 162, 162},
		"pal":       {mediatest.Clip{Width: 720, Height: 576, SAR: sar(16, 15)}, 144, 108, 216, 162},
		"wide pal":  {mediatest.Clip{Width: 720, Height: 576, SAR: sar(64, 45)}, 192, 108, 288, 162},
		"lying pal": {mediatest.Clip{Width: 576, Height: 720, SAR: sar(64, 45), Rotation: 90}, 60, 108, 90, 162},
		"no shape":  {mediatest.Clip{Width: 320, Height: 180, SAR: sar(100, 1)}, 192, 108, 288, 162},
	} {
		t.Run(name, func(t *testing.T) {
			c.clip.Frames = 10
			f := clip(t, c.clip)
			p := made(t, f, nil, preview.Options{})
			info := p.Info()
			if info.TileWidth != c.width || info.TileHeight != c.height || info.Contact.Width != c.contactWidth || info.Contact.Height != c.contactHeight {
				t.Fatalf("tiles of %dx%d, on the contact sheet %dx%d", info.TileWidth, info.TileHeight, info.Contact.Width, info.Contact.Height)
			}
			contact, err := p.Contact()
			if err != nil {
				t.Fatal(err)
			}
			if n := numberAt(t, contact, 0, 0, info.Contact.Width, info.Contact.Height); n != info.Contact.Tiles[0].Frame {
				t.Errorf("the tile shows frame %d", n)
			}
		})
	}
}

// Every coarser level of the curve holds the peaks of the finer one.
func TestPeaks(t *testing.T) {
	for name, c := range map[string]mediatest.Clip{
		"with pictures": {Width: 320, Height: 180, Frames: 100, Sound: true},
		"sound alone":   {Frames: 100, SoundOnly: true},
	} {
		t.Run(name, func(t *testing.T) {
			p := made(t, clip(t, c), nil, preview.Options{})
			info := p.Info()
			if len(info.Tracks) != 1 || len(info.Tracks[0].Levels) != 4 {
				t.Fatalf("tracks %+v", info.Tracks)
			}
			if (len(info.Tiles) > 0) == c.SoundOnly {
				t.Errorf("%d tiles", len(info.Tiles))
			}
			var before []byte
			for i, l := range info.Tracks[0].Levels {
				pairs, err := p.Peaks(0, i, 0, l.Bins)
				if err != nil {
					t.Fatal(err)
				}
				if i == 0 && (l.BinMs != 10 || l.Bins < 395 || l.Bins > 410) {
					t.Errorf("finest level: %d bins of %d ms", l.Bins, l.BinMs)
				}
				if i > 0 && loudest(pairs) != loudest(before) {
					t.Errorf("level %d: loudest %d, was %d", i, loudest(pairs), loudest(before))
				}
				before = pairs
			}
			if loudest(before) < 20 {
				t.Error("the curve is silent")
			}
			part, err := p.Peaks(0, 0, 100, 7)
			if err != nil || len(part) != 14 {
				t.Errorf("a part of a level: %d bytes, %v", len(part), err)
			}
			if _, err := p.Peaks(1, 0, 0, 1); !errors.Is(err, preview.ErrNone) {
				t.Errorf("a second track: %v", err)
			}
		})
	}
}

func loudest(pairs []byte) int {
	top := 0
	for i, v := range pairs {
		if i%2 == 1 {
			top = max(top, int(int8(v)))
		}
	}
	return top
}

func TestStopsAndTells(t *testing.T) {
	f := clip(t, mediatest.Clip{Width: 320, Height: 180, Frames: 100, Sound: true})
	var last, total int64
	_, err := preview.Make(t.Context(), f, nil, preview.Options{}, func(d, n int64) {
		if d < last {
			t.Errorf("progress falls from %d to %d", last, d)
		}
		last, total = d, n
	})
	if err != nil || last != total || total < 4 {
		t.Errorf("progress ended at %d of %d: %v", last, total, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err = preview.Make(ctx, f, nil, preview.Options{}, func(d, _ int64) {
		if d == 2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled preview: %v", err)
	}
}

// A changed byte is noticed when the part that holds it is read.
func TestChangedBytes(t *testing.T) {
	f := clip(t, mediatest.Clip{Width: 320, Height: 180, Frames: 50, Sound: true})
	data, err := preview.Make(t.Context(), f, nil, preview.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{0, 9, 40, len(data) - 1} {
		bad := bytes.Clone(data)
		bad[at] ^= 0x10
		p, err := preview.Read(bytes.NewReader(bad), int64(len(bad)))
		if err == nil {
			_, err = p.Peaks(0, len(p.Info().Tracks[0].Levels)-1, 0, 1)
		}
		if !errors.Is(err, preview.ErrFormat) {
			t.Errorf("byte %d changed: %v", at, err)
		}
	}
	if _, err := preview.Read(bytes.NewReader(data[:60]), 60); !errors.Is(err, preview.ErrFormat) {
		t.Errorf("cut off: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("DYPREVW\x02\x02\x00\x00\x00{}"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		p, err := preview.Read(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		for i := range p.Info().Sheets {
			_, _ = p.Sheet(i)
		}
		_, _ = p.Contact()
		for t, track := range p.Info().Tracks {
			for l, level := range track.Levels {
				_, _ = p.Peaks(t, l, 0, level.Bins)
			}
		}
	})
}
