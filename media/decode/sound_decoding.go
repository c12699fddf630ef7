package decode

import (
	"context"
	"errors"
	"io"
	"math"

	"diaoyue.example/workstation/media/internal/av"
)

// restart opens the stream at its first packet.
func (t *soundTrack) restart(ctx context.Context) error {
	t.shut()
	var err error
	if t.src, err = av.Open(ctx, t.d.file); err != nil {
		return err
	}
	t.src.Select(t.stream)
	if t.dec, err = av.NewDecoder(t.src, t.stream, 1); err != nil {
		t.shut()
		return err
	}
	t.next, t.fresh = 0, preroll // from the very start nothing is missing
	t.starting++
	t.linear = true
	t.noisy = madeUp(t.src.Codec(t.stream))
	return nil
}

// madeUp says for how many packets from the first one on a codec's decoding is
// repeated for the sake of the noise that it leaves to the decoder: 200 to 400 ms
// of computing. Whether a stream has such noise is known only by decoding it.
func madeUp(codec string) int {
	switch codec {
	case "aac", "aac_latm", "ac3", "eac3":
		return 10_000
	case "amr_wb":
		return 3_500
	}
	return 0
}

// packet returns what packet i gives, decoding up to it if need be.
func (t *soundTrack) packet(ctx context.Context, i int) ([]piece, error) {
	if h, ok := t.pieces[i]; ok {
		return h.pieces, nil
	}
	if !t.leadsTo(i) {
		if err := t.start(ctx, i); err != nil {
			return nil, err
		}
	}
	const late = 2 // packets by which a decoder may lag
	for t.next <= i || t.pieces[i].pieces == nil && t.next > i && t.next <= i+late {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := t.decode(); err != nil {
			if errors.Is(err, io.EOF) {
				break
			}
			return nil, err
		}
	}
	return t.pieces[i].pieces, nil
}

// leadsTo reports whether going on from where the decoder stands is a good way
// to packet i.
func (t *soundTrack) leadsTo(i int) bool {
	switch {
	case t.src == nil || t.next < 0 || t.next > i:
		return false
	case t.noisy > 0 && t.linear:
		return i-t.next <= t.noisy
	case i < t.noisy:
		return false // from the first packet the noise is the right one
	}
	return i-t.next <= 4*preroll
}

// start stands some way before packet i, by a seek that is proved by the packet
// it lands on, or at the first packet, which alone gives the same noise again.
func (t *soundTrack) start(ctx context.Context, i int) error {
	if k := i - preroll; k > 0 && t.src != nil && i >= t.noisy && t.seek(ctx, k) {
		return nil
	}
	return t.restart(ctx)
}

func (t *soundTrack) seek(ctx context.Context, k int) bool {
	t.dec.Flush()
	found, err := t.places.Stand(ctx, t.src, int64(k))
	if err != nil || !found {
		return false
	}
	_ = t.dec.Send(t.src, int64(k), av.SkipNothing)
	t.next, t.fresh, t.linear = k+1, 0, false
	t.starting++
	t.receive()
	return true
}

// decode takes one packet on.
func (t *soundTrack) decode() error {
	if _, err := t.src.Next(); err != nil {
		t.next = -1
		_ = t.dec.End()
		t.receive()
		return io.EOF
	}
	_ = t.dec.Send(t.src, int64(t.next), av.SkipNothing) // a broken packet is a hole: silence
	t.next++
	t.fresh++
	t.receive()
	return nil
}

// receive stores what the decoder has, under the packet it came from.
func (t *soundTrack) receive() {
	for {
		f, err := t.dec.Receive()
		if err != nil {
			return
		}
		t.store(f)
		f.Close()
	}
}

func (t *soundTrack) store(f *av.Frame) {
	i := int(f.Packet())
	_, rate, _ := f.Samples()
	if i < 0 || i >= len(t.starts) || rate != t.inRate || t.fresh < preroll {
		return // another rate in mid-stream cannot be joined: silence
	}
	data, err := t.conv.Convert(f)
	if err != nil || len(data) == 0 {
		return
	}
	at := t.starts[i]
	h := t.pieces[i]
	if h.start != t.starting {
		if h.pieces == nil {
			t.recency = append(t.recency, i)
		}
		h = heard{start: t.starting}
	}
	if len(h.pieces) > 0 {
		last := h.pieces[len(h.pieces)-1]
		at = last.at + int64(len(last.data)/t.channel)
	} else if p := t.packets[i]; p.PTS != av.NoPTS && f.PTS() != av.NoPTS && f.PTS() > p.PTS {
		// Samples cut off the front (encoder delay) move what is left up to the
		// next packet; the time stamps may be too coarse to say by how many.
		cut := int64(math.Round(t.src.TimeBase(t.stream).Seconds(f.PTS()-p.PTS) * float64(rate)))
		if i+1 < len(t.starts) {
			exact := t.starts[i+1] - at - int64(len(data)/t.channel)
			if d := exact - cut; d > -coarse(rate) && d < coarse(rate) {
				cut = exact
			}
		}
		at += cut
	}
	h.pieces = append(h.pieces, piece{at, data})
	t.pieces[i] = h
	for len(t.recency) > maxPieces {
		delete(t.pieces, t.recency[0])
		t.recency = t.recency[1:]
	}
}
