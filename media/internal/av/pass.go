package av

import (
	"context"
	"errors"
	"io"
)

// Pass decodes the source's chosen stream from where it stands to its end, in
// one go. Each packet is counted from first and shown to onPacket; each frame
// goes to onFrame in display order and is closed after it. damage counts what
// could not be read or decoded, gaps of zeros too: such a stream is passed over,
// not refused, as the ffmpeg program does. The error is onFrame's or the context's.
func Pass(ctx context.Context, s *Source, d *Decoder, onPacket func(n int64, p Packet), onFrame func(*Frame) error) (damage int64, err error) {
	return passOn(ctx, s, d, 0, onPacket, onFrame)
}

// PassFrom does the same beginning with packet n, which is at hand in s.
func PassFrom(ctx context.Context, s *Source, d *Decoder, n int64, onPacket func(n int64, p Packet), onFrame func(*Frame) error) (damage int64, err error) {
	onPacket(n, s.last)
	if d.Send(s, n, SkipNothing) != nil {
		damage++
	}
	if err = drain(d, onFrame, &damage); err != nil {
		return damage, err
	}
	more, err := passOn(ctx, s, d, n+1, onPacket, onFrame)
	return damage + more, err
}

func passOn(ctx context.Context, s *Source, d *Decoder, n int64, onPacket func(n int64, p Packet), onFrame func(*Frame) error) (damage int64, err error) {
	for ; ; n++ {
		if err = ctx.Err(); err != nil {
			return damage, err
		}
		p, end := s.Next()
		if end != nil {
			if !errors.Is(end, io.EOF) {
				damage++
			}
			break
		}
		onPacket(n, p)
		if d.Send(s, n, SkipNothing) != nil {
			damage++
		}
		if err = drain(d, onFrame, &damage); err != nil {
			return damage, err
		}
	}
	if err = ctx.Err(); err != nil {
		return damage, err
	}
	if d.End() != nil {
		damage++
	}
	err = drain(d, onFrame, &damage)
	return damage + d.Errors() + s.Gaps(), err
}

// drain hands on what the decoder has ready.
func drain(d *Decoder, onFrame func(*Frame) error, damage *int64) error {
	for {
		f, err := d.Receive()
		switch {
		case errors.Is(err, ErrAgain), errors.Is(err, io.EOF):
			return nil
		case err != nil:
			*damage++
			return nil //nolint:nilerr // a frame that cannot be decoded is counted
		}
		err = onFrame(f)
		f.Close()
		if err != nil {
			return err
		}
	}
}
