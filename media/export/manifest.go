package export

import (
	"errors"
	"fmt"
	"strconv"

	"diaoyue.example/workstation/media"
)

var (
	// ErrOtherOriginal says that the plan was made for another original.
	ErrOtherOriginal = errors.New("the plan belongs to another original")
	// ErrTarget says that the target is not an empty regular file.
	ErrTarget = errors.New("the target must be an empty file")
	// ErrCheck says that the copy did not pass its own checks; see CheckError.
	ErrCheck = errors.New("the copy did not pass a check")
)

// CheckError names the check that a copy failed. It is ErrCheck.
type CheckError struct{ Check Check }

// Error names the check and what was measured.
func (e *CheckError) Error() string {
	return fmt.Sprintf("the copy did not pass the check %q: %v", e.Check.Key, e.Check.Params)
}

// Unwrap returns ErrCheck.
func (e *CheckError) Unwrap() error { return ErrCheck }

// Manifest says what went into a copy, what stayed behind and what was found
// when the finished copy was read again.
type Manifest struct {
	Plan     string         `json:"plan"`     // digest of the plan
	Original FileDigest     `json:"original"` //
	Copy     FileDigest     `json:"copy"`     //
	Frames   int64          `json:"frames"`   //
	Duration float64        `json:"duration"` // s from the first to the last shown frame
	Width    int            `json:"width"`    // pixels, upright
	Height   int            `json:"height"`   //
	TimeBase media.Rational `json:"time_base"`
	Shift    int64          `json:"shift"` // added to every pts, in TimeBase; 0 unless the original begins before 0 or very late
	Video    string         `json:"video"` // how the picture was encoded
	Audio    string         `json:"audio"` // how the sound was encoded, "" without sound
	Dropped  []Dropped      `json:"dropped"`
	Spans    []Span         `json:"spans"` // where each track covers, in the order of the plan
	Report   Report         `json:"report"`
}

// FileDigest names a file by its bytes.
type FileDigest struct {
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// Span is a run of frames that a track of the plan covers.
type Span struct {
	Track     string  `json:"track"`
	FromFrame int64   `json:"from_frame"`
	ToFrame   int64   `json:"to_frame"` // covered too
	From      float64 `json:"from"`     // s from the first shown frame
	To        float64 `json:"to"`       // when the next open frame is shown, or the end
}

// Kinds of what is left behind besides the kinds of streams in package media.
const (
	DroppedMetadata = "metadata"
	DroppedCover    = "cover"
	DroppedChapters = "chapters"
)

// Dropped is something of the original that the copy does not carry.
type Dropped struct {
	Kind  string `json:"kind"`  // video audio subtitle data attachment cover metadata
	Index int    `json:"index"` // of the stream, -1 for the container
	What  string `json:"what"`  // codec, or name of the metadata field; never its value
}

// String is "kind what #index" for lists.
func (d Dropped) String() string {
	s := d.Kind + " " + d.What
	if d.Index >= 0 {
		s += " #" + strconv.Itoa(d.Index)
	}
	return s
}

// Report is what was measured when the finished copy was read again from its
// first to its last byte. Every bound it was held against stands beside it.
type Report struct {
	Frames       int64   `json:"frames"`        // in the copy
	FramesWanted int64   `json:"frames_wanted"` // in the original
	PTSEqual     int64   `json:"pts_equal"`     // frames shown at exactly the original's time
	MaskedFrames int64   `json:"masked_frames"` // frames with at least one cover
	MaskedPixels int64   `json:"masked_pixels"` // over all frames
	MaskMean     float64 `json:"mask_mean"`     // worst mean deviation of a frame's covers from black
	MaskMeanMax  float64 `json:"mask_mean_max"` // bound
	MaskOpen     int64   `json:"mask_open"`     // pixels beyond MaskWorstMax, must be 0
	MaskWorst    int     `json:"mask_worst"`    // largest deviation of one sample
	MaskWorstMax int     `json:"mask_worst_max"`
	PSNR         float64 `json:"psnr"`           // dB outside the covers, over the whole copy; 99 when equal
	PSNRMin      float64 `json:"psnr_min"`       // bound
	PSNRFrame    float64 `json:"psnr_frame"`     // the worst frame's
	PSNRFrameMin float64 `json:"psnr_frame_min"` // bound
	Mutes        int     `json:"mutes"`
	Silence      int     `json:"silence"`     // loudest sample inside the muted ranges, from the first to the last
	SilenceMax   int     `json:"silence_max"` // bound
	Videos       int     `json:"videos"`
	Audios       int     `json:"audios"`
	Others       int     `json:"others"`        // streams that are neither, must be 0
	Metadata     int     `json:"metadata"`      // fields that say something, must be 0
	Blocks       int64   `json:"blocks"`        // 4 KiB blocks of the original that were looked for
	BlocksShared int64   `json:"blocks_shared"` // of those found in the copy at any byte, must be 0
}

// Check is one line of the machine's report.
type Check struct {
	Key    string            `json:"key"` // frames pts masks outside mutes streams metadata blocks
	Passed bool              `json:"passed"`
	Params map[string]string `json:"params"`
}

// Checks reads the report as the lines shown to the approver, in their order.
func (r Report) Checks() []Check {
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	f := func(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
	return []Check{
		{"frames", r.Frames == r.FramesWanted && r.Frames > 0, map[string]string{"frames": n(r.Frames), "wanted": n(r.FramesWanted)}},
		{"pts", r.PTSEqual == r.FramesWanted, map[string]string{"equal": n(r.PTSEqual), "wanted": n(r.FramesWanted)}},
		{"masks", r.MaskOpen == 0 && r.MaskMean <= r.MaskMeanMax, map[string]string{
			"frames": n(r.MaskedFrames), "open": n(r.MaskOpen), "mean": f(r.MaskMean), "mean_max": f(r.MaskMeanMax),
			"worst": n(int64(r.MaskWorst)), "worst_max": n(int64(r.MaskWorstMax)),
		}},
		{"outside", r.PSNR >= r.PSNRMin && r.PSNRFrame >= r.PSNRFrameMin, map[string]string{
			"psnr": f(r.PSNR), "psnr_min": f(r.PSNRMin), "psnr_frame": f(r.PSNRFrame), "psnr_frame_min": f(r.PSNRFrameMin),
		}},
		{"mutes", r.Silence <= r.SilenceMax, map[string]string{
			"mutes": n(int64(r.Mutes)), "loudest": n(int64(r.Silence)), "loudest_max": n(int64(r.SilenceMax)),
		}},
		{"streams", r.Videos == 1 && r.Audios <= 1 && r.Others == 0, map[string]string{
			"videos": n(int64(r.Videos)), "audios": n(int64(r.Audios)), "others": n(int64(r.Others)),
		}},
		{"metadata", r.Metadata == 0, map[string]string{"fields": n(int64(r.Metadata))}},
		{"blocks", r.BlocksShared == 0, map[string]string{"blocks": n(r.Blocks), "shared": n(r.BlocksShared)}},
	}
}

// Err returns the first failed check as a *CheckError, nil when all passed.
func (r Report) Err() error {
	for _, c := range r.Checks() {
		if !c.Passed {
			return &CheckError{c}
		}
	}
	return nil
}
