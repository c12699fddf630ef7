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

// Config says where things lie on this machine.
type Config struct {
	CacheDir string   // where the compiled PDF engine is kept; empty keeps none (a cold start takes 15 s)
	Fonts    []string // Chinese font files to draw with, first found wins; nil takes extract.SystemFonts()
	OCR      string   // folder of networks and library that read scans; empty takes ocr.Dir()
	Limits   extract.Limits
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
	papers := pdf.New(pdf.Config{CacheDir: cfg.CacheDir, Fonts: fonts, Limits: limits})
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
	reader, err := ocr.Open(ocr.Config{Dir: cfg.OCR})
	if err != nil {
		return x
	}
	return x.ReadWith(reader)
}
