package remote

import (
	"context"
	"os"

	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/preview"
)

const methodPreview = "preview"

// BuildPreview makes thumbnails and sound curve of f in their stored form
// (preview.Make). Index is what BuildIndex gave, or nil: then frame numbers are
// provisional. Progress may be nil.
func (c *Client) BuildPreview(ctx context.Context, f *os.File, index []byte, progress func(done, total int64)) ([]byte, error) {
	return c.file(ctx, request{
		method: methodPreview, body: index, files: []*os.File{f}, progress: progress,
		maxBody: maxCallBody, patience: c.long(),
	}, once, nil)
}

func makePreview(ctx context.Context, m message, progress func(done, total int64)) ([]byte, error) {
	var ix *frameindex.Index
	if len(m.body) > 0 {
		var err error
		if ix, err = frameindex.Unmarshal(m.body); err != nil {
			return nil, err
		}
	}
	return preview.Make(ctx, m.files[0], ix, preview.Options{}, sparse(progress))
}
