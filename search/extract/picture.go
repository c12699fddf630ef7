package extract

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // registers its decoder
	"image/png"    // also registers its decoder
	"io"
	"os"
	"sync"

	"golang.org/x/image/draw"
)

const (
	// scanPixels bounds a scan: 200 million pixels are an A0 sheet at 300 dpi.
	scanPixels = 200_000_000
	scanDPI    = 200.0 // taken for granted: a page's size in points is only for show
	scanJPEG   = 90
)

// Pictures reads scans: JPEG and PNG files, one page each, whose text waits for
// OCR.
type Pictures struct{ limits Limits }

// NewPictures gives the format.
func NewPictures(limits Limits) *Pictures { return &Pictures{limits: limits.WithDefaults()} }

// Probe looks at the signature.
func (p *Pictures) Probe(head []byte, _ string) int {
	if bytes.HasPrefix(head, []byte("\xff\xd8\xff")) || bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")) {
		return 100
	}
	return 0
}

// Open reads the size only. Errors: ErrDamaged, ErrLimit.
func (p *Pictures) Open(_ context.Context, f *os.File, _ string) (Document, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("look at file: %w", err)
	}
	src := io.NewSectionReader(f, 0, info.Size())
	cfg, _, err := image.DecodeConfig(src)
	if err != nil {
		return nil, fmt.Errorf("read picture: %w (%w)", ErrDamaged, err)
	}
	if cfg.Width < 1 || cfg.Height < 1 {
		return nil, fmt.Errorf("a picture without size: %w", ErrDamaged)
	}
	if cfg.Width > scanPixels/cfg.Height {
		return nil, fmt.Errorf("a picture of %d by %d: %w", cfg.Width, cfg.Height, ErrLimit)
	}
	s := &scan{src: src, width: cfg.Width, height: cfg.Height, limits: p.limits}
	head := make([]byte, exifBytes)
	k, err := f.ReadAt(head, 0)
	if err != nil && k == 0 {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	s.turn = orientation(head[:k])
	if s.turn >= 5 { // lies on its side
		s.width, s.height = s.height, s.width
	}
	return s, nil
}

// scan is one picture as a document of one page.
type scan struct {
	mu            sync.Mutex // one decoding at a time: a large scan takes much memory
	src           *io.SectionReader
	width, height int // as shown
	turn          int // EXIF orientation, 1 to 8
	limits        Limits
}

func (s *scan) Kind() string { return "image" }

func (s *scan) Pages() int { return 1 }

func (s *scan) Close() error { return nil }

func (s *scan) Page(_ context.Context, n int) (Page, error) {
	return Page{
		N: n, Source: SourceNone,
		Width: float64(s.width) * 72 / scanDPI, Height: float64(s.height) * 72 / scanDPI,
	}, nil
}

// Render scales the scan, never up, and turns it as its camera held it.
func (s *scan) Render(ctx context.Context, _, widthPx int) (Image, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return Image{}, err
	}
	if _, err := s.src.Seek(0, io.SeekStart); err != nil {
		return Image{}, fmt.Errorf("read picture: %w", err)
	}
	img, format, err := image.Decode(s.src)
	if err != nil {
		return Image{}, fmt.Errorf("read picture: %w (%w)", ErrDamaged, err)
	}
	return drawn(img, format, s.width, s.height, s.turn, widthPx, s.limits)
}

// drawn is a picture as a page of w × h dots, scaled down to widthPx if it is
// wider, and turned as its camera held it (EXIF orientation, 1 to 8).
func drawn(img image.Image, format string, w, h, turn, widthPx int, limits Limits) (Image, error) {
	w, h = PictureSize(float64(w), float64(h), min(widthPx, w), limits)
	shown := shown(img, w, h, turn)
	if format != "png" {
		b, err := EncodeJPEG(shown, scanJPEG)
		return Image{Bytes: b, MIME: "image/jpeg", Width: w, Height: h}, err
	}
	var buf bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&buf, shown); err != nil {
		return Image{}, fmt.Errorf("encode page: %w", err)
	}
	return Image{Bytes: buf.Bytes(), MIME: "image/png", Width: w, Height: h}, nil
}

// shown is a picture of w × h dots, turned, on white where it lets through.
func shown(img image.Image, w, h, turn int) image.Image {
	if turn <= 1 {
		if small, ok := shrunk(img, w, h); ok {
			return small
		}
	}
	small := image.Rect(0, 0, w, h)
	if turn >= 5 {
		small = image.Rect(0, 0, h, w)
	}
	flat := image.NewRGBA(small)
	draw.Draw(flat, small, image.NewUniform(color.White), image.Point{}, draw.Src)
	bands, _ := bandsOf(flat)
	var all sync.WaitGroup
	for _, band := range bands {
		if to, ok := band.(*image.RGBA); ok {
			all.Go(func() { draw.ApproxBiLinear.Scale(to, small, img, img.Bounds(), draw.Over, nil) })
		}
	}
	all.Wait()
	return upright(flat, turn)
}
