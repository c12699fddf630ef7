package search

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"

	"diaoyue.example/workstation/search/analysis"
	"diaoyue.example/workstation/search/language"
	"diaoyue.example/workstation/search/postings"
)

// Keys of what an index keeps beside its documents.
const (
	keyVersion  = "diaoyue.version"
	keyPosition = "diaoyue.position"
)

// batchSize is the number of documents written at once: larger batches cost
// memory (540 MB at 500 long pages) and win little.
const batchSize = 200

// lockWait is how long opening waits for another process. Without it Bleve
// waits for ever.
const lockWait = "500ms"

// Config of an index. The zero value is right where nobody types field names.
type Config struct {
	Vocabulary language.Vocabulary // names of the fields: number, type, party, officer, retention, title, text, kind, stage, source, date
	Now        func() time.Time    // may be nil: then no answer tells how long it took
}

// Index is open. It is safe for concurrent use; writes follow one another.
type Index struct {
	dir     string
	cfg     Config
	sealing sync.Mutex // one sealing or checking at a time
	bleve   bleve.Index
	folder  *analysis.Folder
	write   sync.Mutex
	closed  bool         // guarded by reading
	reading sync.RWMutex // held while a snapshot is read

	vocabulary language.Vocabulary
	now        func() time.Time
	values     *postings.Values
}

// Open opens the index in dir, or makes an empty one. Errors: ErrHeld when
// another process has it, ErrVersion and ErrDamaged when it must be built anew
// (Reset, then Open).
func Open(dir string, cfg Config) (*Index, error) {
	folder, err := analysis.NewFolder()
	if err != nil {
		return nil, err
	}
	if err = registerStream(); err != nil {
		return nil, fmt.Errorf("register analyzer: %w", err)
	}
	b, err := openOrCreate(dir)
	if err != nil {
		return nil, err
	}
	x := &Index{dir: dir, cfg: cfg, bleve: b, folder: folder, vocabulary: cfg.Vocabulary, now: cfg.Now, values: newValues()}
	if x.now == nil {
		x.now = func() time.Time { return time.Time{} }
	}
	if err = x.checkVersion(); err != nil {
		_ = b.Close()
		return nil, err
	}
	return x, nil
}

func openOrCreate(dir string) (bleve.Index, error) {
	empty, err := isEmpty(dir)
	if err != nil {
		return nil, fmt.Errorf("look at index: %w", err)
	}
	if empty {
		return create(dir)
	}
	b, err := bleve.OpenUsing(dir, waiting())
	if err != nil {
		if strings.Contains(err.Error(), "timeout") { // bbolt's, which Bleve does not always wrap
			return nil, fmt.Errorf("open index: %w", ErrHeld)
		}
		return nil, fmt.Errorf("open index: %w (%w)", ErrDamaged, err)
	}
	return b, nil
}

func create(dir string) (bleve.Index, error) {
	m, err := newMapping()
	if err != nil {
		return nil, err
	}
	b, err := bleve.NewUsing(dir, m, scorch.Name, scorch.Name, waiting())
	if err != nil {
		return nil, fmt.Errorf("make index: %w", err)
	}
	return b, nil
}

func waiting() map[string]any { return map[string]any{"bolt_timeout": lockWait} }

func isEmpty(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	return len(entries) == 0, err
}

func (x *Index) checkVersion() error {
	v, err := x.bleve.GetInternal([]byte(keyVersion))
	if err != nil {
		return fmt.Errorf("read version of index: %w", err)
	}
	if string(v) == schemaVersion {
		return nil
	}
	count, err := x.bleve.DocCount()
	if err != nil {
		return fmt.Errorf("count documents: %w", err)
	}
	if v != nil || count > 0 {
		return ErrVersion
	}
	if err := x.bleve.SetInternal([]byte(keyVersion), []byte(schemaVersion)); err != nil {
		return fmt.Errorf("write version of index: %w", err)
	}
	return nil
}

// Reset throws the index in dir away: it is rebuilt from the catalogue. It
// refuses a folder that holds anything but an index.
func Reset(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at index: %w", err)
	}
	for _, e := range entries {
		if !belongs(e.Name()) {
			return fmt.Errorf("reset index: %s does not belong to an index", filepath.Base(e.Name()))
		}
	}
	if err := os.RemoveAll(dir); err != nil { //nolint:forbidigo // the index is rebuildable and only search writes it
		return fmt.Errorf("reset index: %w", err)
	}
	return nil
}

// belongs says whether a file is one of an index.
func belongs(name string) bool {
	return name == "index_meta.json" || name == "store" || strings.HasPrefix(name, sealsFile)
}

// Close closes the index. A second call does nothing.
func (x *Index) Close() error {
	x.write.Lock()
	defer x.write.Unlock()
	x.reading.Lock()
	defer x.reading.Unlock()
	if x.closed {
		return nil
	}
	x.closed = true
	if err := x.bleve.Close(); err != nil {
		return fmt.Errorf("close index: %w", err)
	}
	return nil
}

// Position is the last position written; 0 in an empty index.
func (x *Index) Position() (int64, error) {
	x.reading.RLock()
	defer x.reading.RUnlock()
	v, err := x.bleve.GetInternal([]byte(keyPosition))
	if err != nil {
		return 0, fmt.Errorf("read position of index: %w", closed(err))
	}
	if len(v) == 0 {
		return 0, nil
	}
	p, err := strconv.ParseInt(string(v), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read position of index: %w", ErrDamaged)
	}
	return p, nil
}

// Put writes documents (replacing those with the same id) and the position.
// When it returns, both survive a crash; the position is written with the last
// of the documents, never before.
func (x *Index) Put(ctx context.Context, docs []Document, position int64) error {
	return x.apply(ctx, nil, docs, position)
}

// Replace removes every place of a record and writes these. An empty list
// removes the record.
func (x *Index) Replace(ctx context.Context, record string, docs []Document, position int64) error {
	x.write.Lock()
	defer x.write.Unlock()
	old, err := x.idsOf(ctx, record)
	if err != nil {
		return err
	}
	return x.applyLocked(ctx, stale(old, docs), docs, position)
}

// Delete removes places by id.
func (x *Index) Delete(ctx context.Context, ids []string, position int64) error {
	return x.apply(ctx, ids, nil, position)
}

// Count is the number of places in the index.
func (x *Index) Count() (int, error) {
	x.reading.RLock()
	defer x.reading.RUnlock()
	n, err := x.bleve.DocCount()
	if err != nil {
		return 0, fmt.Errorf("count documents: %w", closed(err))
	}
	return int(n), nil //nolint:gosec // an index of 2^63 places does not fit any disk
}

// stale is what of the old ids the new documents do not overwrite.
func stale(old []string, docs []Document) []string {
	kept := make(map[string]bool, len(docs))
	for _, d := range docs {
		kept[d.ID] = true
	}
	var out []string
	for _, id := range old {
		if !kept[id] {
			out = append(out, id)
		}
	}
	return out
}

func (x *Index) idsOf(ctx context.Context, record string) ([]string, error) {
	count, err := x.Count()
	if err != nil {
		return nil, err
	}
	q := bleve.NewTermQuery(record)
	q.SetField(fieldRecord)
	req := bleve.NewSearchRequestOptions(q, count, 0, false)
	req.Score = "none"
	res, err := x.bleve.SearchInContext(ctx, req)
	if err != nil {
		return nil, fmt.Errorf("find places of record: %w", closed(err))
	}
	ids := make([]string, len(res.Hits))
	for i, h := range res.Hits {
		ids[i] = h.ID
	}
	return ids, nil
}

func (x *Index) apply(ctx context.Context, remove []string, docs []Document, position int64) error {
	x.write.Lock()
	defer x.write.Unlock()
	return x.applyLocked(ctx, remove, docs, position)
}

func (x *Index) applyLocked(ctx context.Context, remove []string, docs []Document, position int64) error {
	b := x.bleve.NewBatch()
	for _, id := range remove {
		b.Delete(id)
	}
	for i, d := range docs {
		if d.ID == "" {
			return errors.New("index document: it has no id")
		}
		if err := b.Index(d.ID, d.fields()); err != nil {
			return fmt.Errorf("index document: %w", err)
		}
		if b.Size() >= batchSize && i+1 < len(docs) {
			if err := x.flush(ctx, b); err != nil {
				return err
			}
			b = x.bleve.NewBatch()
		}
	}
	b.SetInternal([]byte(keyPosition), strconv.AppendInt(nil, position, 10))
	return x.flush(ctx, b)
}

func (x *Index) flush(ctx context.Context, b *bleve.Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := x.bleve.Batch(b); err != nil {
		return fmt.Errorf("write index: %w", closed(err))
	}
	return nil
}

func closed(err error) error {
	if errors.Is(err, bleve.ErrorIndexClosed) {
		return ErrClosed
	}
	return err
}

// Dir is the folder of the index.
func (x *Index) Dir() string { return x.dir }
