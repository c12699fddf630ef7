package pdf

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"diaoyue.example/workstation/search/extract"
)

const (
	// maxEmbedded bounds the embedded files that one file lists.
	maxEmbedded = 1000
	// maxEmbeddedBytes bounds one of them: what is held in memory at once.
	maxEmbeddedBytes = 64 << 20
)

// Enclosures hands the embedded files to emit: first those of the document's own
// list (the data of an invoice, the papers of a portfolio), then those that
// stand on a page as an annotation. The same bytes are handed over once. One
// that cannot be had stops none of the others; its error comes last. Errors: as
// of Open, or emit's.
func (p *Format) Enclosures(ctx context.Context, f *os.File, name string, emit func(extract.Enclosure) error) error {
	doc, err := p.Open(ctx, f, name)
	if err != nil {
		return err
	}
	d, ok := doc.(*document)
	if !ok {
		return fmt.Errorf("a document of another kind: %w", extract.ErrDamaged)
	}
	e := embedded{document: d, seen: map[[sha256.Size]byte]bool{}, left: p.cfg.Limits.ExpandedBytes, emit: emit}
	err = e.all(ctx)
	return errors.Join(err, d.Close()) //nolint:contextcheck,nolintlint // letting go is not to be stopped; only some runs of the linter see it
}

// embedded takes out what is embedded. What is taken is handed on outside the
// sandbox's turn: emit may take its time.
type embedded struct {
	*document

	seen  map[[sha256.Size]byte]bool
	count int
	left  int64 // bytes that may still be taken
	lost  error // the first that could not be had
	emit  func(extract.Enclosure) error
}

func (e *embedded) all(ctx context.Context) error {
	listed := 0
	err := e.call(ctx, func() error {
		n, err := e.engine.FPDFDoc_GetAttachmentCount(&requests.FPDFDoc_GetAttachmentCount{Document: e.ref})
		if err != nil {
			return fmt.Errorf("count embedded files: %w (%w)", extract.ErrDamaged, err)
		}
		listed = n.AttachmentCount
		return nil
	})
	if e.miss(err); ctx.Err() != nil {
		return ctx.Err()
	}
	for i := range listed {
		if err = e.one(ctx, func() (references.FPDF_ATTACHMENT, error) { return e.listed(i) }); err != nil {
			return err
		}
	}
	pages := e.format.cfg.Limits.Pages
	if e.pages > pages {
		e.miss(fmt.Errorf("%d pages: %w", e.pages, extract.ErrLimit))
	}
	for n := 1; n <= min(e.pages, pages); n++ {
		if err = e.onPage(ctx, n); err != nil {
			return err
		}
	}
	return e.lost
}

func (e *embedded) listed(i int) (references.FPDF_ATTACHMENT, error) {
	a, err := e.engine.FPDFDoc_GetAttachment(&requests.FPDFDoc_GetAttachment{Document: e.ref, Index: i})
	if err != nil {
		return "", err
	}
	return a.Attachment, nil
}

// onPage takes the files that stand on page n.
func (e *embedded) onPage(ctx context.Context, n int) error {
	var places []int
	err := e.call(ctx, func() error {
		var err error
		places, err = e.places(n)
		return err
	})
	if e.miss(err); ctx.Err() != nil {
		return ctx.Err()
	}
	for _, i := range places {
		if err = e.one(ctx, func() (references.FPDF_ATTACHMENT, error) { return e.pinned(n, i) }); err != nil {
			return err
		}
	}
	return nil
}

// places says which annotations of page n hold a file, one more than may be
// taken at most.
func (e *embedded) places(n int) ([]int, error) {
	count, err := e.engine.FPDFPage_GetAnnotCount(&requests.FPDFPage_GetAnnotCount{Page: e.page(n)})
	if err != nil {
		return nil, fmt.Errorf("count annotations: %w (%w)", extract.ErrDamaged, err)
	}
	var out []int
	for i := 0; i < count.Count && len(out) <= maxEmbedded; i++ {
		a, err := e.engine.FPDFPage_GetAnnot(&requests.FPDFPage_GetAnnot{Page: e.page(n), Index: i})
		if err != nil {
			continue // an entry that is no annotation holds no file
		}
		kind, err := e.engine.FPDFAnnot_GetSubtype(&requests.FPDFAnnot_GetSubtype{Annotation: a.Annotation})
		if err == nil && kind.Subtype == enums.FPDF_ANNOT_SUBTYPE_FILEATTACHMENT {
			out = append(out, i)
		}
		_, _ = e.engine.FPDFPage_CloseAnnot(&requests.FPDFPage_CloseAnnot{Annotation: a.Annotation}) // only looked at
	}
	return out, nil
}

func (e *embedded) pinned(n, i int) (references.FPDF_ATTACHMENT, error) {
	a, err := e.engine.FPDFPage_GetAnnot(&requests.FPDFPage_GetAnnot{Page: e.page(n), Index: i})
	if err != nil {
		return "", err
	}
	defer func() {
		_, _ = e.engine.FPDFPage_CloseAnnot(&requests.FPDFPage_CloseAnnot{Annotation: a.Annotation}) // only looked at
	}()
	held, err := e.engine.FPDFAnnot_GetFileAttachment(&requests.FPDFAnnot_GetFileAttachment{Document: e.ref, Annotation: a.Annotation})
	if err != nil {
		return "", err
	}
	return held.Attachment, nil
}

// one takes the file that find points at and hands it on.
func (e *embedded) one(ctx context.Context, find func() (references.FPDF_ATTACHMENT, error)) error {
	if e.count++; e.count > maxEmbedded {
		return fmt.Errorf("more than %d embedded files: %w", maxEmbedded, extract.ErrLimit)
	}
	name, content := "", []byte(nil)
	err := e.call(ctx, func() error {
		at, err := find()
		if err != nil {
			return fmt.Errorf("find embedded file: %w (%w)", extract.ErrDamaged, err)
		}
		// One without a name is a file all the same.
		if called, nameless := e.engine.FPDFAttachment_GetName(&requests.FPDFAttachment_GetName{Attachment: at}); nameless == nil {
			name = extract.EnclosedName(called.Name)
		}
		got, err := e.engine.FPDFAttachment_GetFile(&requests.FPDFAttachment_GetFile{Attachment: at})
		if err != nil {
			return fmt.Errorf("take embedded file: %w (%w)", extract.ErrDamaged, err)
		}
		content = got.Contents
		return nil
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil {
		err = e.allowed(content)
	}
	if err != nil {
		e.miss(err)
		return nil
	}
	sum := sha256.Sum256(content)
	if len(content) == 0 || e.seen[sum] {
		return nil
	}
	e.seen[sum] = true
	e.left -= int64(len(content))
	if name == "" {
		name = strconv.Itoa(e.count)
	}
	return e.emit(extract.Enclosure{Name: name, Content: content})
}

func (e *embedded) allowed(content []byte) error {
	if n := int64(len(content)); n > maxEmbeddedBytes || n > e.left {
		return fmt.Errorf("an embedded file of %d bytes: %w", n, extract.ErrLimit)
	}
	return nil
}

func (e *embedded) miss(err error) {
	if e.lost == nil {
		e.lost = err
	}
}
