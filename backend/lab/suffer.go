package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/decode"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/probe"
)

// hostileChild is the child's subcommand; only hostile asks for it.
const hostileChild = "hostile-child"

// mediaHostileChild does with one foreign file all that the window would, and
// says what came of it.
func mediaHostileChild(ctx context.Context, args []string, stdout io.Writer) error {
	if len(args) != 1 {
		return errUsage
	}
	f, err := os.Open(args[0]) //nolint:gosec // the lab's own child is given what the lab made
	if err != nil {
		return err
	}
	defer f.Close()
	said := map[string]string{"fate": fatePlayed}
	if err := everything(ctx, f); err != nil {
		said["fate"], said["name"], said["text"] = fateRefused, refusal(err), err.Error()
		if said["name"] == "" {
			said["fate"] = fateUnnamed
		}
	}
	return json.NewEncoder(stdout).Encode(said)
}

// everything probes, indexes and shows the file. Once it is open, single frames
// may still be refused, but each by name.
func everything(ctx context.Context, f *os.File) error {
	if _, err := probe.File(ctx, f); err != nil {
		return err
	}
	if _, err := frameindex.Scan(ctx, f); err != nil {
		return err
	}
	ix, err := frameindex.Build(ctx, f, nil)
	if err != nil {
		return err
	}
	if again, formErr := frameindex.Unmarshal(ix.Marshal()); formErr != nil || again.Len() != ix.Len() {
		return fmt.Errorf("an index that cannot be read back: %w", formErr)
	}
	d, err := decode.Open(ctx, f, ix, decode.Options{})
	if err != nil {
		return err
	}
	defer d.Close()
	heard := false
	if s, err := d.Sound(ctx, 0, 0, 2); err == nil {
		heard = len(s.Data) > 0
	} else if refusal(err) == "" {
		return err
	}
	if ix.Len() == 0 && !heard {
		return media.ErrNoVideo
	}
	return someFrames(ctx, d, ix.Len())
}

// someFrames goes to the ends, the middle, over and back.
func someFrames(ctx context.Context, d *decode.Decoder, frames int64) error {
	for _, n := range []int64{0, frames - 1, frames / 2, frames/2 - 1, frames / 3, frames/3 + 1, frames} {
		fr, err := d.Frame(ctx, n)
		if err != nil {
			if refusal(err) == "" {
				return err
			}
			continue
		}
		p, err := fr.Picture()
		fr.Close()
		if err == nil {
			_, err = decode.EncodeJPEG(p, 640, 0, 80)
		}
		if err != nil && refusal(err) == "" {
			return err
		}
	}
	return nil
}
