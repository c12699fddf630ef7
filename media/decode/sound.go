package decode

import (
	"context"
	"fmt"
	"math"
	"sync"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/internal/av"
)

// soundTracks holds the sound streams of a recording, opened when first asked for.
type soundTracks struct {
	streams []int

	mu   sync.Mutex
	open map[int]*soundTrack
}

func (t *soundTracks) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.open {
		s.close()
	}
	t.open = nil
}

// maxSound bounds one answer: ten minutes.
const maxSound = 600.0 // s

// Sound returns the samples of the track-th sound stream (0-based, counted
// among sound streams only) from `from` up to `to` seconds after the first
// shown frame (after 0 of the file's own clock where there is no video).
// Sample i of the track's clock is the same sample in every answer: neighbours
// join without a gap. (Noise that a codec leaves to the decoder to make up, as
// some AAC, AC-3 and AMR-WB do, follows from all that was decoded before: farther
// than madeUp packets from the start it is other noise after a jump.) What the
// track does not hold is left out at its ends (From says where the answer
// starts) and silent in its holes. At most ten minutes are answered. Errors:
// media.ErrNoSound, media.ErrDamaged.
func (d *Decoder) Sound(ctx context.Context, track int, from, to float64) (media.Samples, error) {
	if track < 0 || track >= len(d.sound.streams) {
		return media.Samples{}, fmt.Errorf("sound track %d of %d: %w", track, len(d.sound.streams), media.ErrNoSound)
	}
	if math.IsNaN(from) || math.IsNaN(to) || to < from {
		return media.Samples{}, fmt.Errorf("sound from %v to %v: %w", from, to, media.ErrNoSound)
	}
	d.mu.Lock()
	closed := d.closed
	d.mu.Unlock()
	if closed {
		return media.Samples{}, ErrClosed
	}
	d.sound.mu.Lock()
	defer d.sound.mu.Unlock()
	t := d.sound.open[track]
	if t == nil {
		var err error
		if t, err = d.openTrack(ctx, d.sound.streams[track]); err != nil {
			return media.Samples{}, err
		}
		if d.sound.open == nil {
			d.sound.open = map[int]*soundTrack{}
		}
		d.sound.open[track] = t
	}
	return t.samples(ctx, from, min(to, from+maxSound))
}

// origin is the file's time at which frame 0 is shown.
func (d *Decoder) origin() float64 {
	for n := range d.index.Len() {
		if pts := d.index.At(n).PTS; pts != av.NoPTS {
			return d.index.TimeBase().Seconds(pts) - d.index.Time(n)
		}
	}
	return 0
}

// soundTrack knows where each packet's samples lie, and decodes them.
//
// Positions count samples at the stream's own rate from the file's time 0.
// They are summed from packet to packet, because many containers round time
// stamps more coarsely than samples; only a jump beyond drift starts anew.
type soundTrack struct {
	d      *Decoder
	stream int
	origin float64 // s

	packets []av.Packet
	lengths []int   // samples of each packet, where packets differ and say so
	starts  []int64 // position of each packet's first sample
	places  *frameindex.Places

	inRate        int // of the stream
	rate, channel int // of the answers

	src      *av.Source
	dec      *av.Decoder
	conv     *av.Resampler
	next     int  // packet that is read next, -1 unknown
	fresh    int  // packets decoded since the last start
	starting int  // starts so far
	noisy    int  // packets from the start for which made-up noise is reproduced; 0: the codec has none
	linear   bool // it decoded every packet from the first one on
	pieces   map[int]heard
	recency  []int
}

// heard is what a packet gave after one start of the decoder.
type heard struct {
	start  int
	pieces []piece
}

// piece is what one packet gave: samples from a position on.
type piece struct {
	at   int64
	data []int16
}

const (
	drift     = 0.03 // s by which time stamps may stray from the sum of samples
	preroll   = 24   // packets decoded and dropped before the first wanted: overlap, bit reservoir
	maxPieces = 2048 // packets whose samples are kept
	topRate   = 48000
)

func (d *Decoder) openTrack(ctx context.Context, stream int) (*soundTrack, error) {
	t := &soundTrack{d: d, stream: stream, origin: d.origin(), pieces: map[int]heard{}}
	if err := t.restart(ctx); err != nil {
		return nil, err
	}
	err := t.scan(ctx)
	if err == nil {
		err = t.restart(ctx)
	}
	var perPacket int
	if err == nil {
		perPacket, err = t.sound(ctx)
	}
	if err != nil {
		t.close()
		return nil, err
	}
	t.place(perPacket)
	return t, nil
}

// scan reads all packets.
func (t *soundTrack) scan(ctx context.Context) error {
	l := av.NewLengths(t.src, t.stream)
	if l == nil {
		return t.src.Scan(ctx, func(p []av.Packet) error {
			t.packets = append(t.packets, p...)
			return nil
		})
	}
	defer l.Close()
	for {
		p, err := t.src.Next()
		if ctx.Err() != nil || err != nil {
			return ctx.Err() // a broken rest of the file is its end
		}
		t.packets = append(t.packets, p)
		t.lengths = append(t.lengths, l.Of(t.src))
	}
}

// sound decodes the first packets to learn rate, channels and, where every
// packet gives as much, the samples of one.
func (t *soundTrack) sound(ctx context.Context) (perPacket int, err error) {
	const probe = 8
	var sizes []int
	for range probe {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if _, err := t.src.Next(); err != nil {
			_ = t.dec.End()
		} else {
			_ = t.dec.Send(t.src, 0, av.SkipNothing)
		}
		got := 0
		for {
			f, err := t.dec.Receive()
			if err != nil {
				break
			}
			n, rate, channels := f.Samples()
			if t.conv == nil && rate > 0 && channels > 0 {
				t.inRate, t.rate, t.channel = rate, min(rate, topRate), min(channels, 2)
				t.conv, err = av.NewResampler(f, t.inRate, t.channel)
			}
			f.Close()
			if err != nil {
				return 0, err
			}
			got += n
		}
		sizes = append(sizes, got)
	}
	if t.conv == nil {
		return 0, fmt.Errorf("sound: %w: nothing could be decoded", media.ErrDamaged)
	}
	// the first ones may be trimmed or delayed
	if a, b, c := sizes[probe-4], sizes[probe-3], sizes[probe-2]; a > 0 && a == b && b == c {
		perPacket = a
	}
	return perPacket, t.restart(ctx)
}

// place gives every packet its position.
func (t *soundTrack) place(perPacket int) {
	tb := t.src.TimeBase(t.stream)
	t.starts = make([]int64, len(t.packets))
	t.places = frameindex.NewPlaces(t.packets)
	expected := int64(0)
	for i, p := range t.packets {
		at := expected
		if p.PTS != av.NoPTS {
			stamp := int64(math.Round(tb.Seconds(p.PTS) * float64(t.inRate)))
			if i == 0 || math.Abs(float64(stamp-expected)) > drift*float64(t.inRate) {
				at = stamp
			}
		}
		t.starts[i] = at
		expected = at + t.length(i, perPacket)
	}
}

// length is how many samples packet i brings: as it says itself, as every packet
// does (perPacket), or else by its duration, which may be rounded.
func (t *soundTrack) length(i, perPacket int) int64 {
	p := t.packets[i]
	if t.lengths != nil {
		return int64(t.lengths[i])
	}
	if perPacket > 0 {
		return int64(perPacket)
	}
	if n := t.src.PacketSamples(t.stream, p.Size); n > 0 {
		return int64(n)
	}
	return int64(math.Round(t.src.TimeBase(t.stream).Seconds(p.Duration) * float64(t.inRate)))
}

func (t *soundTrack) close() {
	if t.conv != nil {
		t.conv.Close()
		t.conv = nil
	}
	t.shut()
}

func (t *soundTrack) shut() {
	if t.dec != nil {
		t.dec.Close()
	}
	if t.src != nil {
		t.src.Close()
	}
	t.dec, t.src = nil, nil
}

// samples answers in the answer's rate.
func (t *soundTrack) samples(ctx context.Context, from, to float64) (media.Samples, error) {
	out := media.Samples{Rate: t.rate, Channels: t.channel, From: from}
	lo := int64(math.Round((from + t.origin) * float64(t.inRate)))
	hi := int64(math.Round((to + t.origin) * float64(t.inRate)))
	lo, hi = t.held(lo, hi)
	if lo >= hi {
		return out, nil
	}
	data, err := t.read(ctx, lo, hi)
	if err != nil {
		return media.Samples{}, err
	}
	out.From = float64(lo)/float64(t.inRate) - t.origin
	out.Data = data
	if t.inRate != t.rate {
		out.Data = decimate(data, t.channel, t.inRate, t.rate)
	}
	return out, nil
}

// held cuts the wish to what the track has.
func (t *soundTrack) held(lo, hi int64) (from, to int64) {
	if len(t.starts) == 0 {
		return 0, 0
	}
	last := len(t.starts) - 1
	end := t.starts[last] + int64(math.Round(t.src.TimeBase(t.stream).Seconds(t.packets[last].Duration)*float64(t.inRate)))
	if n := t.src.PacketSamples(t.stream, t.packets[last].Size); n > 0 {
		end = max(end, t.starts[last]+int64(n))
	}
	if t.lengths != nil {
		end = max(end, t.starts[last]+int64(t.lengths[last]))
	}
	return max(lo, t.starts[0]), min(hi, end)
}

// read gathers positions [lo, hi) at the stream's rate.
func (t *soundTrack) read(ctx context.Context, lo, hi int64) ([]int16, error) {
	out := make([]int16, (hi-lo)*int64(t.channel))
	first := t.packetAt(lo)
	for i := max(first-1, 0); i < len(t.packets) && t.starts[i] < hi; i++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		pieces, err := t.packet(ctx, i)
		if err != nil {
			return nil, err
		}
		for _, p := range pieces {
			for k := range len(p.data) / t.channel {
				if at := p.at + int64(k); at >= lo && at < hi {
					copy(out[(at-lo)*int64(t.channel):], p.data[k*t.channel:(k+1)*t.channel])
				}
			}
		}
	}
	return out, nil
}

// packetAt returns the last packet that starts at or before a position.
// Positions may fall where a clock was reset, so it looks at all from behind.
func (t *soundTrack) packetAt(pos int64) int {
	for i := len(t.starts) - 1; i >= 0; i-- {
		if t.starts[i] <= pos {
			return i
		}
	}
	return 0
}

// coarse is by how many samples a time stamp in milliseconds may be off.
func coarse(rate int) int64 { return int64(rate) / 500 }

// decimate brings rates above 48 kHz down: each answer sample is the mean of
// those it covers.
func decimate(data []int16, channels, from, to int) []int16 {
	frames := len(data) / channels
	n := int(int64(frames) * int64(to) / int64(from))
	out := make([]int16, n*channels)
	for i := range n {
		a, b := int(int64(i)*int64(from)/int64(to)), int(int64(i+1)*int64(from)/int64(to))
		b = max(b, a+1)
		for c := range channels {
			sum := 0
			for k := a; k < b; k++ {
				sum += int(data[k*channels+c])
			}
			out[i*channels+c] = int16(sum / (b - a)) //nolint:gosec // a mean of int16
		}
	}
	return out
}
