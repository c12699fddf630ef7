package remote

import (
	"context"
	"os"

	"diaoyue.example/workstation/backend/conduit"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/preview"
)

const methodPreview = "preview"

// BuildPreview makes thumbnails and sound curve of f in their stored form
// (preview.Make). Index is what BuildIndex gave, or nil: then frame numbers are
// provisional. Progress may be nil.
func (c *Client) BuildPreview(ctx context.Context, f *os.File, index []byte, progress func(done, total int64)) ([]byte, error) {
	return c.line.Ask(ctx, conduit.Request{
		Method: methodPreview, Body: index, Files: []*os.File{f}, Progress: progress,
		MaxBody: conduit.MaxCallBody, Patience: c.long(),
	}, conduit.Once, nil)
}

func makePreview(ctx context.Context, c *conduit.Call) ([]byte, error) {
	files, err := c.Files(1)
	if err != nil {
		return nil, err
	}
	var ix *frameindex.Index
	if len(c.Body) > 0 {
		if ix, err = frameindex.Unmarshal(c.Body); err != nil {
			return nil, err
		}
	}
	return preview.Make(ctx, files[0], ix, preview.Options{}, sparse(c.Progress))
}
