package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/decode"
	"diaoyue.example/workstation/media/frameindex"
)

var (
	errWrong = errors.New("frames differ from the linear pass")
	errOther = errors.New("the frames are not those of the ffmpeg program")
)

// verdict is what `media verify` found.
type verdict struct {
	Frames  int64  `json:"frames"`
	Checked int64  `json:"checked"`
	Wrong   int64  `json:"wrong"` // pictures that differ from the linear pass, or did not come
	State   string `json:"state"`
	FFmpeg  string `json:"ffmpeg,omitempty"`  // "equal", or what differs; empty if it was not asked
	Refused string `json:"refused,omitempty"` // the engine's name for why the file cannot be shown
}

// mediaVerify asks for frames (all, or a sample) in shuffled order, then in
// falling order, then in rising steps, twice: passing over pictures that no
// other needs, and decoding all. Each is compared with the digest of a linear
// pass of its own; with --ffmpeg that pass is compared with the ffmpeg program:
// number, order and digest of every frame.
func mediaVerify(ctx context.Context, args []string, stdout io.Writer) error {
	var sample int64
	var asJSON, ffmpeg bool
	f, err := withFile("verify", args, func(fs *flag.FlagSet) {
		fs.Int64Var(&sample, "sample", 0, "")
		fs.BoolVar(&ffmpeg, "ffmpeg", false, "")
		fs.BoolVar(&asJSON, "json", false, "")
	})
	if err != nil {
		return err
	}
	defer f.Close()
	if sample < 0 {
		return errUsage
	}
	v, err := verify(ctx, f, sample, ffmpeg)
	if err != nil {
		v.Refused = refusal(err)
	}
	if v.Refused == "" && err != nil {
		return err
	}
	text := fmt.Sprintf("frames %d, checked %d, wrong %d, index %s", v.Frames, v.Checked, v.Wrong, v.State)
	switch {
	case asJSON:
		if e := json.NewEncoder(stdout).Encode(v); e != nil {
			return e
		}
	case err == nil:
		if v.FFmpeg != "" {
			text += ", ffmpeg " + v.FFmpeg
		}
		if _, e := fmt.Fprintln(stdout, text); e != nil {
			return e
		}
	}
	switch {
	case err != nil:
		return err
	case v.Wrong > 0:
		return fmt.Errorf("%d of %d: %w", v.Wrong, v.Checked, errWrong)
	case v.FFmpeg != "" && v.FFmpeg != equal:
		return fmt.Errorf("%s: %w", v.FFmpeg, errOther)
	}
	return nil
}

func verify(ctx context.Context, f *os.File, sample int64, ffmpeg bool) (verdict, error) {
	ix, err := frameindex.Build(ctx, f, nil)
	if err != nil {
		return verdict{}, err
	}
	if ix.Len() == 0 {
		return verdict{}, media.ErrNoVideo
	}
	var want []string
	err = decode.Linear(ctx, f, ix, func(fr *decode.Frame) error {
		want = append(want, fr.MD5())
		return nil
	})
	if err != nil {
		return verdict{}, err
	}
	v := verdict{Frames: ix.Len(), State: ix.State().String()}
	if ffmpeg {
		if v.FFmpeg, err = againstFFmpeg(ctx, f.Name(), ix, want); err != nil {
			return v, err
		}
	}
	for _, full := range []bool{false, true} {
		if err := v.inEveryOrder(ctx, f, ix, want, sample, full); err != nil {
			return v, err
		}
	}
	return v, nil
}

// inEveryOrder counts frames that are not what the linear pass saw.
func (v *verdict) inEveryOrder(ctx context.Context, f *os.File, ix *frameindex.Index, want []string, sample int64, full bool) error {
	d, err := decode.Open(ctx, f, ix, decode.Options{Full: full})
	if err != nil {
		return err
	}
	defer d.Close()
	for _, n := range orders(ix.Len(), sample) {
		fr, err := d.Frame(ctx, n)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		v.Checked++
		if err != nil || fr.MD5() != want[n] || fr.Info().Number != n {
			v.Wrong++
		}
		if err == nil {
			fr.Close()
		}
	}
	return nil
}

// orders lists sample frames (0: all) shuffled, the same falling, the same rising.
func orders(frames, sample int64) []int64 {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a repeatable order, no secret
	picked := make([]int64, 0, frames)
	for _, n := range r.Perm(int(frames)) {
		picked = append(picked, int64(n))
	}
	if sample > 0 && sample < frames {
		picked = picked[:sample]
	}
	rising := slices.Sorted(slices.Values(picked))
	falling := slices.Clone(rising)
	slices.SortFunc(falling, func(a, b int64) int { return cmp.Compare(b, a) })
	return slices.Concat(picked, falling, rising)
}

const equal = "equal"

// againstFFmpeg compares with the program's digests of the same stream. It
// gets as many threads as the index: on damaged streams one alone always gives
// the same pictures.
func againstFFmpeg(ctx context.Context, path string, ix *frameindex.Index, want []string) (string, error) {
	threads := "2"
	if ix.State() == frameindex.Damaged {
		threads = "1"
	}
	out, err := exec.CommandContext(ctx, "ffmpeg", "-v", "quiet", "-nostdin", "-noautorotate", "-threads", threads, "-i", path,
		"-map", "0:"+strconv.Itoa(ix.Stream()), "-vsync", "passthrough", "-f", "framemd5", "-").Output()
	var stopped *exec.ExitError
	if err != nil && !errors.As(err, &stopped) { // it ends so on damage, after the frames it could give
		return "", fmt.Errorf("run ffmpeg: %w", err)
	}
	var theirs []string
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "#") {
			theirs = append(theirs, strings.TrimSpace(line[strings.LastIndex(line, ",")+1:]))
		}
	}
	if len(theirs) != len(want) {
		return fmt.Sprintf("%d frames, ours %d", len(theirs), len(want)), nil
	}
	for n := range want {
		if want[n] != theirs[n] {
			return fmt.Sprintf("frame %d differs", n), nil
		}
	}
	return equal, nil
}
