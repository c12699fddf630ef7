package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"math/rand/v2"
	"os"
)

// mutation makes a hostile file of whole ones. The same numbers give the same
// bytes, so that a find can be made again by its seed.
type mutation struct {
	name    string
	suffix  string // of the file's name; "" keeps the source's
	refused bool   // nothing may ever be shown of it
	make    func(r *rand.Rand, file, other []byte) []byte
	sparse  int64 // bytes: the file is stretched to this length with a hole
}

// secretName lies beside every hostile file: an engine that follows a playlist
// would open it.
const secretName = "secret.mp4"

const sparseSize = 10 << 30

func mutations() []mutation {
	return []mutation{
		{name: "truncated", make: func(r *rand.Rand, f, _ []byte) []byte { return f[:r.IntN(len(f))] }},
		{name: "truncated in the head", make: func(r *rand.Rand, f, _ []byte) []byte { return f[:r.IntN(min(len(f), 4096))] }},
		{name: "few bits flipped", make: func(r *rand.Rand, f, _ []byte) []byte { return flip(r, f, 0, len(f), 1+r.IntN(16)) }},
		{name: "many bits flipped", make: func(r *rand.Rand, f, _ []byte) []byte { return flip(r, f, 0, len(f), len(f)/100+1) }},
		{name: "bits flipped in the head", make: func(r *rand.Rand, f, _ []byte) []byte { return flip(r, f, 0, min(len(f), 2048), 1+r.IntN(24)) }},
		{name: "bits flipped in the tail", make: func(r *rand.Rand, f, _ []byte) []byte {
			return flip(r, f, max(0, len(f)-4096), len(f), 1+r.IntN(24))
		}},
		{name: "range zeroed", make: func(r *rand.Rand, f, _ []byte) []byte { return fill(r, f, func() byte { return 0 }) }},
		{name: "range of noise", make: func(r *rand.Rand, f, _ []byte) []byte { return fill(r, f, func() byte { return octet(r) }) }},
		{name: "hole cut out", make: func(r *rand.Rand, f, _ []byte) []byte {
			a, b := span(r, f)
			return append(f[:a:a], f[b:]...)
		}},
		{name: "range repeated", make: func(r *rand.Rand, f, _ []byte) []byte {
			a, b := span(r, f)
			return append(append(f[:b:b], f[a:b]...), f[b:]...)
		}},
		{name: "blocks exchanged", make: exchange},
		{name: "head of another file", make: func(r *rand.Rand, f, o []byte) []byte {
			n := min(8<<r.IntN(10), len(f), len(o))
			return append(o[:n:n], f[n:]...)
		}},
		{name: "two files joined", make: func(_ *rand.Rand, f, o []byte) []byte { return append(f[:len(f):len(f)], o...) }},
		{name: "boxes with wild numbers", make: wildBoxes},
		{name: "wrong extension", suffix: ".jpg", make: func(_ *rand.Rand, f, _ []byte) []byte { return f }},
		{name: "playlist in mp4", suffix: ".mp4", refused: true, make: playlist},
		{name: "zero length", refused: true, make: func(*rand.Rand, []byte, []byte) []byte { return nil }},
		{name: "10 GB with a hole", sparse: sparseSize, make: func(r *rand.Rand, f, _ []byte) []byte { return f[:r.IntN(2)*len(f)] }},
		{name: "encrypted", refused: true, make: encrypted},
		{name: "other kinds of file", suffix: ".mp4", refused: true, make: foreign},
	}
}

func flip(r *rand.Rand, f []byte, from, to, times int) []byte {
	out := bytes.Clone(f)
	for range times {
		out[from+r.IntN(to-from)] ^= 1 << r.IntN(8)
	}
	return out
}

func span(r *rand.Rand, f []byte) (a, b int) {
	a = r.IntN(len(f))
	return a, min(len(f), a+1+r.IntN(max(1, len(f)/4)))
}

func fill(r *rand.Rand, f []byte, value func() byte) []byte {
	out := bytes.Clone(f)
	a, b := span(r, f)
	for i := a; i < b; i++ {
		out[i] = value()
	}
	return out
}

func exchange(r *rand.Rand, f, _ []byte) []byte {
	out := bytes.Clone(f)
	n := min(len(f)/4, 64<<r.IntN(10))
	a, b := r.IntN(len(f)-2*n+1), 0
	b = a + n + r.IntN(len(f)-a-2*n+1)
	copy(out[a:a+n], f[b:b+n])
	copy(out[b:b+n], f[a:a+n])
	return out
}

// wildBoxes puts extreme numbers where an MP4 or Matroska keeps its sizes,
// counts and time scales, elsewhere into any four bytes of the head.
func wildBoxes(r *rand.Rand, f, _ []byte) []byte {
	out := bytes.Clone(f)
	wild := []uint32{0, 1, 7, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffff0, 1 << 16, 1 << 24}
	for range 1 + r.IntN(4) {
		at := r.IntN(min(len(out), 1024))
		names := []string{"moov", "trak", "mdhd", "mvhd", "tkhd", "elst", "stsd", "avc1", "avcC", "hvcC", "stts", "ctts", "stsc", "stsz", "stco", "stss", "mdat", "moof", "trun", "tfhd", "\x1a\x45\xdf\xa3", "\x16\x54\xae\x6b", "movi", "strf", "avih"}
		if i := bytes.Index(out, []byte(names[r.IntN(len(names))])); i >= 4 {
			at = i - 4 + []int{0, 8, 12, 16, 20, 24, 28}[r.IntN(7)] // size before the name, or a field behind
		}
		if at+4 <= len(out) {
			binary.BigEndian.PutUint32(out[at:], wild[r.IntN(len(wild))])
		}
	}
	return out
}

func playlist(r *rand.Rand, _, _ []byte) []byte {
	texts := []string{
		"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n" + secretName + "\n#EXT-X-ENDLIST\n",
		"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
		"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1,\nconcat:" + secretName + "|/etc/hostname\n",
		"ffconcat version 1.0\nfile " + secretName + "\n",
		`<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1"><BaseURL>` + secretName + `</BaseURL></Representation></AdaptationSet></Period></MPD>`,
		"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
		"[playlist]\nFile1=" + secretName + "\nNumberOfEntries=1\n",
		"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2\n#EXTM3U\n#EXTINF:10,\n" + secretName + "\n",
	}
	return []byte(texts[r.IntN(len(texts))])
}

func octet(r *rand.Rand) byte { return byte(r.Uint32() & 0xff) }

// encrypted is what password tools make of a recording: noise behind their marks.
func encrypted(r *rand.Rand, f, _ []byte) []byte {
	out := bytes.Clone(f)
	key, iv := make([]byte, 32), make([]byte, aes.BlockSize)
	for i := range key {
		key[i] = octet(r)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil
	}
	cipher.NewCTR(block, iv).XORKeyStream(out, out) //nolint:gosec // noise that anybody may make again, no secret
	marks := []string{
		"",
		"Salted__\x01\x02\x03\x04\x05\x06\x07\x08",
		"PK\x03\x04\x33\x00\x01\x00\x63\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x09\x00\x0b\x00video.mp4",
		"7z\xbc\xaf\x27\x1c\x00\x04",
		"Rar!\x1a\x07\x01\x00",
		"\x85\x02\x0c\x03\x01\x02\x03\x04\x05\x06\x07\x08\x01\x0f\xff",
		"-----BEGIN PGP MESSAGE-----\n\n",
		"LUKS\xba\xbe\x00\x01aes",
	}
	return append([]byte(marks[r.IntN(len(marks))]), out...)
}

// foreign is what gets among recordings by mistake.
func foreign(r *rand.Rand, _, _ []byte) []byte {
	noise := make([]byte, 1+r.IntN(1<<16))
	for i := range noise {
		noise[i] = octet(r)
	}
	heads := []string{
		"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "MZ\x90\x00\x03",
		"\x7fELF\x02\x01\x01", "GIF89a\x01\x00\x01\x00", "<html><video src=" + secretName + "></html>", "{\\rtf1 ", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
		"SQLite format 3\x00", "\x1f\x8b\x08\x00", "ID3\x04\x00\x00\x00\x00\x0f\x76", "#!/bin/sh\n", "",
	}
	return append([]byte(heads[r.IntN(len(heads))]), noise...)
}

// write makes the hostile file at path.
func (m mutation) write(r *rand.Rand, path string, file, other []byte) error {
	if err := os.WriteFile(path, m.make(r, file, other), 0o600); err != nil {
		return err
	}
	if m.sparse > 0 {
		return os.Truncate(path, m.sparse)
	}
	return nil
}
