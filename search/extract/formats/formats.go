// Package formats lists what this version can read: it puts the rooms of
// search/extract together into one extractor.
//
// Invariant: adding a format changes this list and nothing above it.
package formats

import (
	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/mail"
	"diaoyue.example/workstation/search/extract/ocr"
	"diaoyue.example/workstation/search/extract/ofd"
	"diaoyue.example/workstation/search/extract/office"
	"diaoyue.example/workstation/search/extract/pdf"
	"diaoyue.example/workstation/search/extract/text"
	"diaoyue.example/workstation/search/extract/word"
)

// NoOCR as Config.OCR reads no scans.
const NoOCR = "-"

// Config says where things lie on this machine.
type Config struct {
	CacheDir string   // where the compiled PDF engine is kept; empty keeps none (a cold start takes 15 s)
	Fonts    []string // Chinese font files to draw with, first found wins; nil takes extract.SystemFonts()
	OCR      string   // folder of networks and library that read scans; empty takes ocr.Dir()
	// Tesseract lets that program read scans where the networks are not there:
	// not in a worker, which starts no programs.
	Tesseract bool
	Limits    extract.Limits
	// Expendable says that whoever asks ends this process when a call does not
	// return, as pdf.Config.Expendable.
	Expendable bool
}

// New gives the extractor of this version. Close it. Without anything to read
// scans with it knows them as scans.
func New(cfg Config) *extract.Extractor {
	limits := cfg.Limits.WithDefaults()
	fonts := cfg.Fonts
	if fonts == nil {
		fonts = extract.SystemFonts()
	}
	face := extract.NewTypesetter(fonts)
	papers := pdf.New(pdf.Config{CacheDir: cfg.CacheDir, Fonts: fonts, Limits: limits, Expendable: cfg.Expendable})
	x := extract.New(limits,
		papers,
		ofd.New(papers, fonts, limits),
		office.New(face, limits),
		word.New(face, limits),
		text.NewHTML(face, limits),
		mail.New(face, limits),
		text.New(face, limits),
		extract.NewPictures(limits),
		extract.NewFaxes(limits),
	)
	if cfg.OCR == NoOCR {
		return x
	}
	if networks, err := ocr.New(ocr.Config{Dir: cfg.OCR}); err == nil {
		return x.ReadWith(networks)
	}
	if cfg.Tesseract {
		if program, err := ocr.NewTesseract(); err == nil {
			return x.ReadWith(program)
		}
	}
	return x
}

// Reader looks what this machine can read scans with, nil when there is nothing;
// inside says that it reads in the process that calls it, and so may be in a
// worker.
func Reader(dir string) (reader extract.Reader, inside bool) {
	if dir == NoOCR {
		return nil, false
	}
	if networks, err := ocr.New(ocr.Config{Dir: dir}); err == nil {
		return networks, true
	}
	if program, err := ocr.NewTesseract(); err == nil {
		return program, false
	}
	return nil, false
}
