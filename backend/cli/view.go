package cli

import (
	"context"
	"errors"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/viewing"
)

// digestWidth: nobody sees the picture here, so it is scaled as small as it
// can be. The digest is of the decoded frame, not of this picture.
const digestWidth = 16

// viewRun is a whole logged viewing: it opens the record, has one frame
// decoded and prints its number, timestamp and digest. No picture leaves.
func viewRun(ctx context.Context, c *call) error {
	frame := c.flags.Int64("frame", -1, "")
	purpose := c.flags.String("purpose", "", "")
	basis := c.flags.String("basis", "", "")
	if err := c.parse(1, 1); err != nil {
		return err
	}
	if *frame < 0 || *purpose == "" {
		return errUsage
	}
	key, note := c.words.purpose(*purpose, viewing.Purposes())
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (err error) {
		record, err := w.Record(ctx, actor, c.args[0])
		if err != nil {
			return err
		}
		// A frame index that is still being made is waited for: frame numbers
		// on the command line are exact.
		if err = w.Settle(ctx); err != nil {
			return err
		}
		v, err := w.Viewing.Open(ctx, actor, viewing.Request{RecordID: record.ID, Purpose: key, Basis: *basis, Note: note})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, v.Close(context.WithoutCancel(ctx), viewing.CloseNormal)) }()
		answer, err := v.Frame(ctx, *frame, viewing.FrameRequest{MaxW: digestWidth, MaxH: digestWidth, Digest: true})
		if err != nil {
			return err
		}
		info := v.Info()
		return c.print(map[string]any{
			"record_id": info.Record.ID, "record_code": info.Record.Code,
			"frame": answer.Info.Number, "frames": info.Frames,
			"pts": answer.Info.PTS, "time": answer.Info.Time, "md5": answer.Info.Digest,
			"provisional": info.Provisional, "viewing": info.ID, "seq": info.Seq,
		}, func() { c.row(number(answer.Info.Number), number(answer.Info.PTS), answer.Info.Digest) })
	})
}
