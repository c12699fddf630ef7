package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/probe"
)

// mediaProbe prints what a file says about itself.
func mediaProbe(ctx context.Context, args []string, stdout io.Writer) error {
	var asJSON bool
	f, err := withFile("probe", args, func(fs *flag.FlagSet) { fs.BoolVar(&asJSON, "json", false, "") })
	if err != nil {
		return err
	}
	defer f.Close()
	c, err := probe.File(ctx, f)
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(stdout).Encode(c)
	}
	if _, err = fmt.Fprintf(stdout, "%s, %.3f s, %d bit/s\n", c.Format, c.Duration, c.BitRate); err != nil {
		return err
	}
	for _, s := range c.Streams {
		detail := ""
		switch s.Kind {
		case media.KindVideo:
			detail = fmt.Sprintf(" %dx%d, turned %d, %.3f frames/s, %s %s %s", s.Width, s.Height, s.Rotation, s.FrameRate.Float(), s.PixelFormat, s.ColorSpace, s.ColorRange)
		case media.KindAudio:
			detail = fmt.Sprintf(" %d Hz, %d channels", s.SampleRate, s.Channels)
		}
		if _, err = fmt.Fprintf(stdout, "%d %s %s%s\n", s.Index, s.Kind, s.Codec, detail); err != nil {
			return err
		}
	}
	return nil
}
