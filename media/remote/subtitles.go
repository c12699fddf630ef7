package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"

	"diaoyue.example/workstation/backend/conduit"
	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/subtitles"
)

const methodSubtitles = "subtitles"

// Subtitles reads the subtitle tracks of f (subtitles.Read). Index is what
// BuildIndex gave: times count from its frame 0; nil of a recording of sound.
func (c *Client) Subtitles(ctx context.Context, f *os.File, index []byte) ([]media.SubtitleTrack, error) {
	body, err := c.line.Ask(ctx, conduit.Request{
		Method: methodSubtitles, Body: index, Files: []*os.File{f}, MaxBody: conduit.MaxCallBody, Patience: c.long(),
	}, conduit.Once, nil)
	if err != nil {
		return nil, err
	}
	var out []media.SubtitleTrack
	if err = json.Unmarshal(body, &out); err != nil {
		return nil, fmt.Errorf("read subtitles: %w: %w", conduit.ErrProtocol, err)
	}
	if err = subtitles.Check(out); err != nil {
		return nil, fmt.Errorf("read subtitles: %w", err)
	}
	return out, nil
}

func readSubtitles(ctx context.Context, c *conduit.Call) ([]byte, error) {
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
	tracks, err := subtitles.Read(ctx, files[0], ix)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false) // markup would take six times its length
	if err = enc.Encode(tracks); err != nil {
		return nil, fmt.Errorf("write subtitles: %w", err)
	}
	return out.Bytes(), nil
}
