package subtitles_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/subtitles"
)

const (
	chinese = "1\n00:00:00,400 --> 00:00:00,800\n请出示证件\n\n2\n00:00:01,000 --> 00:00:01,400\n<i>查封</i>仓库\n第二行\n"
	english = "1\n00:00:00,480 --> 00:00:01,000\nShow me\n"
	styled  = "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname\nStyle: Default,Sans\n\n[Events]\n" +
		"Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n" +
		"Dialogue: 0,0:00:00.60,0:00:01.00,Default,张立,0,0,0,,{\\i1}好,\\N走\n"
)

// film lets ffmpeg put subtitle files beside two seconds of pictures.
func film(t *testing.T, name string, subs []string, args ...string) *os.File {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("the ffmpeg program is not installed; it makes the recordings")
	}
	dir := t.TempDir()
	all := []string{"-v", "error", "-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=2"}
	maps := []string{"-map", "0:v"}
	for i, sub := range subs {
		path := filepath.Join(dir, string(rune('a'+i))+ext(sub))
		if err := os.WriteFile(path, []byte(sub), 0o600); err != nil {
			t.Fatal(err)
		}
		all = append(all, "-i", path)
		maps = append(maps, "-map", string(rune('1'+i)))
	}
	return made(t, filepath.Join(dir, name), append(append(all, maps...), args...)...)
}

// made lets ffmpeg make a file and opens it.
func made(t *testing.T, path string, args ...string) *os.File {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "ffmpeg", append(args, path)...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func ext(sub string) string {
	switch {
	case strings.HasPrefix(sub, "PG"):
		return ".sup"
	case strings.HasPrefix(sub, "[Script"):
		return ".ass"
	case strings.HasPrefix(sub, "WEBVTT"):
		return ".vtt"
	}
	return ".srt"
}

func tracks(t *testing.T, f *os.File) ([]media.SubtitleTrack, *frameindex.Index) {
	t.Helper()
	ix, err := frameindex.Build(t.Context(), f, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := subtitles.Read(t.Context(), f, ix)
	if err != nil {
		t.Fatal(err)
	}
	if err = subtitles.Check(got); err != nil {
		t.Error(err)
	}
	return got, ix
}

func same(t *testing.T, got, want []media.SubtitleTrack) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 0.0011)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRead(t *testing.T) {
	h264 := []string{"-c:v", "libx264", "-bf", "2", "-metadata:s:s:0", "language=chi", "-metadata:s:s:1", "language=eng"}
	with := func(more ...string) []string { return append(more, h264...) }
	cue := func(from, to float64, words string) media.SubtitleCue {
		return media.SubtitleCue{From: from, To: to, Text: words}
	}
	for _, c := range []struct {
		name, file string
		subs, args []string
		want       []media.SubtitleTrack
	}{
		{"none", "a.mp4", nil, with(), []media.SubtitleTrack{}},
		{"mov_text", "a.mp4", []string{chinese, english}, with("-c:s", "mov_text"), []media.SubtitleTrack{
			{Track: 1, Codec: "mov_text", Language: "chi", Form: "plain", Cues: []media.SubtitleCue{cue(0.4, 0.8, "请出示证件"), cue(1, 1.4, "查封仓库\n第二行")}},
			{Track: 2, Codec: "mov_text", Language: "eng", Form: "plain", Cues: []media.SubtitleCue{cue(0.48, 1, "Show me")}},
		}},
		{"subrip and ass", "a.mkv", []string{chinese, styled}, with("-c:s:0", "srt", "-c:s:1", "ass", "-metadata:s:s:0", "title=现场"), []media.SubtitleTrack{
			{Track: 1, Codec: "subrip", Language: "chi", Title: "现场", Form: "srt", Cues: []media.SubtitleCue{cue(0.4, 0.8, "请出示证件"), cue(1, 1.4, "<i>查封</i>仓库\n第二行")}},
			{Track: 2, Codec: "ass", Language: "eng", Form: "ass", Cues: []media.SubtitleCue{cue(0.6, 1, `0,0,Default,张立,0,0,0,,{\i1}好,\N走`)}},
		}},
		{"webvtt", "a.mkv", []string{"WEBVTT\n\n00:00.400 --> 00:00.800\n<v 王某>不知道\n"}, with("-c:s", "copy"), []media.SubtitleTrack{
			{Track: 1, Codec: "webvtt", Language: "chi", Form: "vtt", Cues: []media.SubtitleCue{cue(0.4, 0.8, "<v 王某>不知道")}},
		}},
		{"pictures beside text", "a.mkv", []string{pictures(), english}, with("-c:s:0", "copy", "-c:s:1", "srt"), []media.SubtitleTrack{
			{Track: 1, Codec: "hdmv_pgs_subtitle", Language: "chi", Cues: []media.SubtitleCue{}},
			{Track: 2, Codec: "subrip", Language: "eng", Form: "srt", Cues: []media.SubtitleCue{cue(0.48, 1, "Show me")}},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ix := tracks(t, film(t, c.file, c.subs, c.args...))
			same(t, got, c.want)
			if len(got) > 0 && len(got[0].Cues) > 0 {
				if n := ix.FrameAt(got[0].Cues[0].From + 0.0005); n != 10 {
					t.Errorf("0.4 s is found at frame %d, want 10", n)
				}
			}
		})
	}
}

// Where the pictures begin later than the file, times count from their first.
func TestTimesCountFromFrame0(t *testing.T) {
	f := film(t, "whole.mkv", []string{chinese}, "-c:v", "libx264", "-c:s", "srt")
	late := filepath.Join(t.TempDir(), "late.mkv")
	out, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-itsoffset", "0.6", "-i", f.Name(), "-i", f.Name(),
		"-map", "0:v", "-map", "1:s", "-c", "copy", late).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	g, err := os.Open(late)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	got, _ := tracks(t, g)
	same(t, got, []media.SubtitleTrack{{Track: 1, Codec: "subrip", Form: "srt", Cues: []media.SubtitleCue{
		{From: 0, To: 0.2, Text: "请出示证件"}, {From: 0.4, To: 0.8, Text: "<i>查封</i>仓库\n第二行"},
	}}})
}

// pictures is a PGS stream of one empty display set.
func pictures() string {
	segment := func(kind byte, body string) string {
		b := append([]byte("PG"), make([]byte, 11)...)
		binary.BigEndian.PutUint32(b[2:], 36000) // 0.4 s of 90 kHz
		b[10] = kind
		binary.BigEndian.PutUint16(b[11:], uint16(len(body)))
		return string(b) + body
	}
	return segment(0x16, "\x00\xa0\x00\x78\x10\x00\x00\x80\x00\x00\x00") + segment(0x80, "")
}

func TestWords(t *testing.T) {
	for _, c := range []struct{ name, codec, in, want string }{
		{"plain", "mov_text", "\x00\x03abc", "abc"},
		{"style boxes behind", "mov_text", "\x00\x03abc\x00\x00\x00\x0cstyl\x00\x00\x00\x00", "abc"},
		{"longer than it is", "mov_text", "\xff\xffabc", "abc"},
		{"the end of the one before", "mov_text", "\x00\x00", ""},
		{"nothing", "mov_text", "", ""},
		{"half a length", "mov_text", "\x00", ""},
		{"UTF-16", "mov_text", "\x00\x06\xfe\xff\x67\xe5\x5c\x01", "查封"},
		{"UTF-16, small end first, odd", "mov_text", "\x00\x05\xff\xfe\xe5\x67\x01", "查"},
		{"no UTF-8", "subrip", "a\xffb\x00c\x1b", "a\ufffdbc"},
		{"line ends", "subrip", "a\r\nb\rc\n", "a\nb\nc"},
	} {
		if got := subtitles.Words(c.codec, []byte(c.in)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// What no worker of ours says is not believed.
func TestCheck(t *testing.T) {
	one := func(q ...media.SubtitleCue) []media.SubtitleTrack {
		return []media.SubtitleTrack{{Track: 1, Codec: "subrip", Form: "srt", Cues: q}}
	}
	long := strings.Repeat("a", media.MaxSubtitleText/2+1)
	for name, c := range map[string]struct {
		in   []media.SubtitleTrack
		want error
	}{
		"none":                {nil, nil},
		"good":                {one(media.SubtitleCue{From: 1, To: 2, Text: "a"}), nil},
		"before frame 0":      {one(media.SubtitleCue{From: -1}), media.ErrDamaged},
		"no time":             {one(media.SubtitleCue{From: math.NaN(), To: 1}), media.ErrDamaged},
		"ends before it is":   {one(media.SubtitleCue{From: 2, To: 1}), media.ErrDamaged},
		"without end":         {one(media.SubtitleCue{To: math.Inf(1)}), media.ErrDamaged},
		"too many cues":       {one(make([]media.SubtitleCue, media.MaxSubtitleCues+1)...), subtitles.ErrTooMuch},
		"too many words":      {one(media.SubtitleCue{Text: long}, media.SubtitleCue{Text: long}), subtitles.ErrTooMuch},
		"too many tracks":     {make([]media.SubtitleTrack, media.MaxSubtitleTracks+1), subtitles.ErrTooMuch},
		"form of no kind":     {[]media.SubtitleTrack{{Track: 1, Form: "exe"}}, media.ErrDamaged},
		"pictures with words": {[]media.SubtitleTrack{{Track: 1, Cues: make([]media.SubtitleCue, 1)}}, media.ErrDamaged},
		"another number":      {[]media.SubtitleTrack{{Track: 2}}, media.ErrDamaged},
	} {
		if err := subtitles.Check(c.in); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// soundFilm lets ffmpeg put a subtitle file beside two seconds of sound.
func soundFilm(t *testing.T, name, sub string, args ...string) *os.File {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("the ffmpeg program is not installed; it makes the recordings")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "a.srt")
	if err := os.WriteFile(path, []byte(sub), 0o600); err != nil {
		t.Fatal(err)
	}
	return made(t, filepath.Join(dir, name), append([]string{"-v", "error", "-f", "lavfi", "-i", "sine=d=2", "-i", path, "-map", "0", "-map", "1"}, args...)...)
}

// Of sound alone, times count from the file's time 0, as those of its sound.
func TestReadSound(t *testing.T) {
	for name, c := range map[string]struct {
		codec, form string
		args        []string
	}{
		"a.m4a": {"mov_text", "plain", []string{"-c:s", "mov_text", "-c:a", "aac"}},
		"a.mka": {"subrip", "srt", []string{"-c:s", "srt", "-c:a", "flac"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := soundFilm(t, name, english, append(c.args, "-metadata:s:s:0", "language=eng")...)
			got, err := subtitles.Read(t.Context(), f, nil)
			if err != nil {
				t.Fatal(err)
			}
			same(t, got, []media.SubtitleTrack{{Track: 1, Codec: c.codec, Language: "eng", Form: c.form, Cues: []media.SubtitleCue{{From: 0.48, To: 1, Text: "Show me"}}}})
		})
	}
	f := film(t, "a.mkv", []string{english}, "-c:v", "libx264", "-c:s", "srt")
	if got, err := subtitles.Read(t.Context(), f, nil); !errors.Is(err, media.ErrNoFrame) {
		t.Errorf("pictures without an index: %v, %v", got, err)
	}
}

func TestBoxedVTT(t *testing.T) {
	said := func(source, words string) string {
		return box("vttc", source+box("sttg", "line:90%")+box("payl", words))
	}
	for _, c := range []struct{ name, in, want string }{
		{"one", said("", "<v 王某>不知道"), "|<v 王某>不知道"},
		{"two at once", said(box("iden", "1"), "a") + said(box("vsid", "\x00\x00\x00\x07"), "b"), "1;|a \x00\x00\x00\x07;|b"},
		{"nothing is shown", box("vtte", ""), ""},
		{"a note that is not shown", box("vtta", "to the editor"), ""},
		{"no words", box("vttc", box("payl", " ")), ""},
		{"line ends", box("vttc", box("payl", "a\r\nb")), "|a\nb"},
		{"longer than it is", "\xff\xff\xff\xffvttc\xff\xff\xff\xffpaylabc", "|abc"},
		{"to the end", "\x00\x00\x00\x00vttc\x00\x00\x00\x00paylabc", "|abc"},
		{"shorter than a head", "\x00\x00\x00\x07vttc" + said("", "a"), ""},
		{"no box", "\x00\x00", ""},
		{"nothing", "", ""},
		{"no UTF-8", box("vttc", box("payl", "a\xffb")), "|a\ufffdb"},
		{"more than anybody reads", strings.Repeat(said("", "a"), 500), strings.TrimSpace(strings.Repeat("|a ", 64))},
	} {
		if got := strings.Join(subtitles.Phrases([]byte(c.in)), " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// box is a box of ISO/IEC 14496-12.
func box(kind, body string) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(8+len(body)))) + kind + body
}

// boxed makes of an MP4 with one track of 3GPP text one with a track of WebVTT:
// FFmpeg makes none. Each sample is replaced by one of its length, which holds
// these cues; the name of its words fills it.
func boxed(t *testing.T, f *os.File, samples map[string]string) *os.File {
	t.Helper()
	b, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	whole := string(b)
	for _, swap := range [][2]string{{"tx3g", "wvtt"}, {"sbtl", "text"}} {
		if strings.Count(whole, swap[0]) == 0 {
			t.Fatalf("no %s", swap[0])
		}
		whole = strings.ReplaceAll(whole, swap[0], swap[1])
	}
	for words, sample := range samples {
		at := strings.Index(whole, words)
		if at < 2 || len(sample) != len(words)+2 {
			t.Fatalf("%d bytes for a sample of %d at %d", len(sample), len(words)+2, at)
		}
		whole = whole[:at-2] + sample + whole[at+len(words):]
	}
	path := filepath.Join(t.TempDir(), filepath.Base(f.Name()))
	if err = os.WriteFile(path, []byte(whole), 0o600); err != nil {
		t.Fatal(err)
	}
	g, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	return g
}

// WebVTT in an MP4 is read, beside pictures and beside sound; a cue that is
// written in parts, because another begins beside it, is one.
func TestReadBoxedVTT(t *testing.T) {
	first := box("vttc", box("payl", "请出示证件"))
	both := box("vttc", box("payl", "请出示证件")) + box("vttc", box("iden", "2")+box("payl", "<v 王某>不知道"))
	last := box("vttc", box("iden", "2")+box("payl", "<v 王某>不知道"))
	samples := map[string]string{}
	sub := ""
	for i, s := range []string{first, both, last} {
		words := strings.Repeat(string(rune('a'+i)), len(s)-2)
		samples[words] = s
		sub += fmt.Sprintf("%d\n00:00:00,%d00 --> 00:00:00,%d00\n%s\n\n", i+1, 4+i, 5+i, words)
	}
	want := []media.SubtitleTrack{{Track: 1, Codec: "wvtt", Language: "chi", Form: "vtt", Cues: []media.SubtitleCue{
		{From: 0.4, To: 0.6, Text: "请出示证件"}, {From: 0.5, To: 0.7, Text: "<v 王某>不知道"},
	}}}
	args := []string{"-c:s", "mov_text", "-metadata:s:s:0", "language=chi"}
	got, _ := tracks(t, boxed(t, film(t, "a.mp4", []string{sub}, append(args, "-c:v", "libx264", "-bf", "0")...), samples))
	same(t, got, want)
	got, err := subtitles.Read(t.Context(), boxed(t, soundFilm(t, "a.m4a", sub, append(args, "-c:a", "aac")...), samples), nil)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, want)
}

func FuzzBoxedVTT(f *testing.F) {
	f.Add([]byte(box("vttc", box("vsid", "1234")+box("payl", "a"))))
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, got := range subtitles.Phrases(in) {
			if strings.ContainsAny(got[strings.LastIndex(got, "|")+1:], "\x00\r\t") || len(got) > 3*len(in)+1 {
				t.Errorf("%q", got)
			}
		}
	})
}

func FuzzWords(f *testing.F) {
	f.Add("mov_text", []byte("\x00\x06\xfe\xff\x67\xe5\x5c\x01"))
	f.Add("ass", []byte("0,0,Default,,0,0,0,,{\\i1}a"))
	f.Fuzz(func(t *testing.T, codec string, in []byte) {
		if got := subtitles.Words(codec, in); strings.ContainsAny(got, "\x00\r\t") || len(got) > 3*len(in) {
			t.Errorf("%q", got)
		}
	})
}
