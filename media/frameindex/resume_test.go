package frameindex_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"testing"

	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/mediatest"
)

// long enough that work so far is handed on.
func long(change func(*mediatest.Clip)) mediatest.Clip {
	c := mediatest.Clip{Width: 320, Height: 180, Frames: 1300, GOP: 50, BFrames: 2}
	change(&c)
	return c
}

// build gives the index, the parts handed on and the first place it told of.
func build(t *testing.T, f *os.File, part []byte) (whole []byte, parts [][]byte, began int64) {
	t.Helper()
	began = -1
	ix, err := frameindex.Resume(t.Context(), f, frameindex.Options{
		Partial: part,
		Progress: func(done, _ int64) {
			if began < 0 {
				began = done
			}
		},
		Checkpoint: func(part []byte) error { parts = append(parts, part); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return ix.Marshal(), parts, began
}

// An index that was interrupted goes on where it was, and comes out as if it
// had never been.
func TestResumed(t *testing.T) {
	for name, clip := range map[string]mediatest.Clip{
		"mp4":     long(func(*mediatest.Clip) {}),
		"one key": long(func(c *mediatest.Clip) { c.X264 = "open-gop=1" }),
		"ts":      long(func(c *mediatest.Clip) { c.Format = "mpegts" }),
		"avi":     long(func(c *mediatest.Clip) { c.Format, c.Codec = "avi", "mpeg4" }),
	} {
		t.Run(name, func(t *testing.T) {
			f := made(t, clip)
			want, parts, _ := build(t, f, nil)
			if len(parts) == 0 {
				t.Fatal("no part was handed on")
			}
			got, _, began := build(t, f, parts[0])
			if !bytes.Equal(got, want) {
				t.Error("the resumed index differs")
			}
			info, err := f.Stat()
			if err != nil {
				t.Fatal(err)
			}
			if began < info.Size()/4 && name != "one key" {
				t.Errorf("it began at byte %d of %d: nothing was gone on with", began, info.Size())
			}
			if frames, err := frameindex.Unmarshal(parts[0]); err == nil {
				t.Errorf("a part passes for an index of %d frames", frames.Len())
			}
		})
	}
}

// What damage was met before an interruption is not forgotten: a gap that was
// passed over makes the index a damaged one, resumed or not.
func TestResumedBehindAGap(t *testing.T) {
	f := made(t, long(func(c *mediatest.Clip) { c.Format = "mpegts" }))
	whole, err := frameindex.Scan(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	cut := whole.Packet(whole.At(whole.KeyframeBefore(600)).Packet).Pos // nothing is hurt there
	if err = mediatest.PutZeros(f.Name(), cut, 1<<30, false); err != nil {
		t.Fatal(err)
	}
	want, parts, _ := build(t, f, nil)
	ix, err := frameindex.Unmarshal(want)
	if err != nil || ix.State() != frameindex.Damaged || ix.Len() != 1300 {
		t.Fatalf("%d frames, %v, %v", ix.Len(), ix.State(), err)
	}
	for i, part := range parts {
		if got, _, _ := build(t, f, part); !bytes.Equal(got, want) {
			t.Errorf("resumed from part %d the index differs", i)
		}
	}
}

// A part that does not fit is worth nothing: the build begins at the start.
func TestPartsThatDoNotFit(t *testing.T) {
	f := made(t, long(func(*mediatest.Clip) {}))
	want, parts, _ := build(t, f, nil)
	other := made(t, long(func(c *mediatest.Clip) { c.GOP = 25 }))
	_, strange, _ := build(t, other, nil)
	flipped := bytes.Clone(parts[0])
	flipped[len(flipped)/2] ^= 1
	for name, part := range map[string][]byte{
		"noise": []byte("no part of an index"), "flipped": flipped, "of another recording": strange[0],
		"cut": parts[0][:100], "a whole index": want,
	} {
		if got, _, began := build(t, f, part); !bytes.Equal(got, want) || began > 1<<16 {
			t.Errorf("%s: equal %v, began at byte %d", name, bytes.Equal(got, want), began)
		}
	}
}

// The caller's error ends the build.
func TestPartThatCannotBeKept(t *testing.T) {
	f := made(t, long(func(*mediatest.Clip) {}))
	full := errors.New("disk full")
	_, err := frameindex.Resume(context.Background(), f, frameindex.Options{Checkpoint: func([]byte) error { return full }})
	if !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
}

// The packets of a provisional index are those that the linear pass meets, also
// where they were read from the container's table alone.
func TestScanMeetsTheSamePackets(t *testing.T) {
	clip := func(change func(*mediatest.Clip)) mediatest.Clip {
		c := mediatest.Clip{Width: 320, Height: 180, Frames: 60, GOP: 20, BFrames: 2, Sound: true}
		change(&c)
		return c
	}
	for name, c := range map[string]mediatest.Clip{
		"mp4":        clip(func(*mediatest.Clip) {}),
		"late start": clip(func(c *mediatest.Clip) { c.StartPTS = 52000 }),
		"mpeg-4":     clip(func(c *mediatest.Clip) { c.Codec = "mpeg4" }),
		"mjpeg":      clip(func(c *mediatest.Clip) { c.Codec, c.BFrames, c.FullRange = "mjpeg", 0, true }),
		"fragmented": clip(func(c *mediatest.Clip) { c.Mux = map[string]string{"movflags": "frag_keyframe+empty_moov"} }),
		"hybrid":     clip(func(c *mediatest.Clip) { c.Mux = map[string]string{"movflags": "frag_keyframe"} }),
		"matroska":   clip(func(c *mediatest.Clip) { c.Format = "matroska" }),
		"ts":         clip(func(c *mediatest.Clip) { c.Format = "mpegts" }),
	} {
		t.Run(name, func(t *testing.T) { samePackets(t, made(t, c)) })
	}
}

func samePackets(t *testing.T, f *os.File) {
	t.Helper()
	scanned, err := frameindex.Scan(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	built, err := frameindex.Build(t.Context(), f, nil)
	if err != nil {
		t.Fatal(err)
	}
	if scanned.Packets() != built.Packets() || built.Packets() == 0 {
		t.Fatalf("%d packets scanned, %d decoded", scanned.Packets(), built.Packets())
	}
	for i := range built.Packets() {
		a, b := scanned.Packet(i), built.Packet(i)
		const key = 1 // a parser finds more of them than the container names
		if a.Flags&^b.Flags&key != 0 {
			t.Errorf("packet %d is a key in the container only", i)
		}
		a.Flags, a.Duration = a.Flags|key, 0
		b.Flags, b.Duration = b.Flags|key, 0
		if a != b {
			t.Fatalf("packet %d: scanned %+v, decoded %+v", i, a, b)
		}
	}
}
