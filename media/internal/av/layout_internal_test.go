package av

import (
	"testing"

	"github.com/asticode/go-astiav"
)

// go-astiav v0.16.0 keeps the C pointer in its first field; everything in this
// room that reaches behind it rests on that.
func TestLayout(t *testing.T) {
	if err := checkLayout(); err != nil {
		t.Fatal(err)
	}
	f := astiav.AllocFrame()
	defer f.Free()
	if raw(f) == nil || raw(f) != f.UnsafePointer() {
		t.Fatalf("raw gives %p, go-astiav says %p", raw(f), f.UnsafePointer())
	}
	p := astiav.AllocPacket()
	defer p.Free()
	p.SetPts(4711)
	if got := wrap[astiav.Packet](raw(p)).Pts(); got != 4711 {
		t.Fatalf("a wrapped packet's pts is %d", got)
	}
}
