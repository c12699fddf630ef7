// Package compoundtest makes compound files for tests.
package compoundtest

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

const (
	sector   = 512
	mini     = 64
	cutoff   = 4096
	endChain = 0xfffffffe
	fatMark  = 0xfffffffd
	free     = 0xffffffff
)

// Entry is one stream; storages are made as its path, "storage/stream", asks.
type Entry struct {
	Path string
	Data []byte
}

type node struct {
	name         string
	kind         byte // 1 storage, 2 stream, 5 root
	right, child uint32
	last         uint32 // child put last
	start        uint32
	size         uint64
}

// Build gives the bytes of a compound file of version 3.
func Build(entries ...Entry) []byte {
	b := builder{nodes: []*node{{name: "Root Entry", kind: 5, right: free, child: free, start: endChain}}}
	for _, e := range entries {
		at := uint32(0)
		path := strings.Split(e.Path, "/")
		for _, dir := range path[:len(path)-1] {
			at = b.entry(at, dir, 1)
		}
		n := b.nodes[b.entry(at, path[len(path)-1], 2)]
		n.size = uint64(len(e.Data))
		if len(e.Data) < cutoff {
			n.start = b.small(e.Data)
		} else {
			n.start = b.chain(e.Data)
		}
	}
	root := b.nodes[0]
	root.size = uint64(len(b.minis))
	root.start = b.chain(b.minis)
	miniFAT := b.chain(words(b.miniFAT))
	miniSectors := (len(b.miniFAT)*4 + sector - 1) / sector
	dir := b.chain(b.directory())
	return b.file(dir, miniFAT, miniSectors)
}

type builder struct {
	nodes   []*node
	body    []byte   // whole sectors
	fat     []uint32 // one for each sector
	minis   []byte
	miniFAT []uint32
}

// entry finds or makes a child of a storage.
func (b *builder) entry(parent uint32, name string, kind byte) uint32 {
	p := b.nodes[parent]
	for at := p.child; at != free; at = b.nodes[at].right {
		if b.nodes[at].name == name {
			return at
		}
	}
	at := uint32(len(b.nodes)) //nolint:gosec // some few
	b.nodes = append(b.nodes, &node{name: name, kind: kind, right: free, child: free, start: endChain})
	if p.child == free {
		p.child = at
	} else {
		b.nodes[p.last].right = at
	}
	p.last = at
	return at
}

func (b *builder) chain(data []byte) uint32 {
	if len(data) == 0 {
		return endChain
	}
	start := uint32(len(b.fat)) //nolint:gosec // some few
	for at := 0; at < len(data); at += sector {
		s := make([]byte, sector)
		copy(s, data[at:])
		b.body = append(b.body, s...)
		b.fat = append(b.fat, uint32(len(b.fat))+1) //nolint:gosec // some few
	}
	b.fat[len(b.fat)-1] = endChain
	return start
}

func (b *builder) small(data []byte) uint32 {
	if len(data) == 0 {
		return endChain
	}
	start := uint32(len(b.miniFAT)) //nolint:gosec // some few
	for at := 0; at < len(data); at += mini {
		s := make([]byte, mini)
		copy(s, data[at:])
		b.minis = append(b.minis, s...)
		b.miniFAT = append(b.miniFAT, uint32(len(b.miniFAT))+1) //nolint:gosec // some few
	}
	b.miniFAT[len(b.miniFAT)-1] = endChain
	return start
}

func (b *builder) directory() []byte {
	var out []byte
	for _, n := range b.nodes {
		e := make([]byte, 128)
		u := utf16.Encode([]rune(n.name))
		for i, c := range u {
			binary.LittleEndian.PutUint16(e[2*i:], c)
		}
		binary.LittleEndian.PutUint16(e[64:], uint16(2*len(u)+2)) //nolint:gosec // at most 64
		e[66], e[67] = n.kind, 1
		binary.LittleEndian.PutUint32(e[68:], free)
		binary.LittleEndian.PutUint32(e[72:], n.right)
		binary.LittleEndian.PutUint32(e[76:], n.child)
		binary.LittleEndian.PutUint32(e[116:], n.start)
		binary.LittleEndian.PutUint64(e[120:], n.size)
		out = append(out, e...)
	}
	for len(out)%sector != 0 { // unused entries
		e := make([]byte, 128)
		for _, at := range []int{68, 72, 76} {
			binary.LittleEndian.PutUint32(e[at:], free)
		}
		out = append(out, e...)
	}
	return out
}

func words(v []uint32) []byte {
	out := make([]byte, 4*len(v))
	for i, w := range v {
		binary.LittleEndian.PutUint32(out[4*i:], w)
	}
	for len(out)%sector != 0 {
		out = append(out, 0xff)
	}
	return out
}

// file puts the header before the sectors and the table of sectors after them.
func (b *builder) file(dir, miniFAT uint32, miniSectors int) []byte {
	n := 1
	for (len(b.fat)+n)*4 > n*sector {
		n++
	}
	first := len(b.fat)
	for range n {
		b.fat = append(b.fat, fatMark)
	}
	h := make([]byte, sector)
	copy(h, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	for at, v := range map[int]uint16{24: 0x3e, 26: 3, 28: 0xfffe, 30: 9, 32: 6} {
		binary.LittleEndian.PutUint16(h[at:], v)
	}
	for at, v := range map[int]uint32{44: uint32(n), 48: dir, 56: cutoff, 60: miniFAT, 64: uint32(miniSectors), 68: endChain} { //nolint:gosec // some few
		binary.LittleEndian.PutUint32(h[at:], v)
	}
	for i := range 109 {
		v := uint32(free)
		if i < n {
			v = uint32(first + i) //nolint:gosec // some few
		}
		binary.LittleEndian.PutUint32(h[76+4*i:], v)
	}
	return append(append(h, b.body...), words(b.fat)...)
}
