package ofd_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/bmp"

	"diaoyue.example/workstation/search/extract"
)

// TestInkLiesInBoxes draws text in every way it can stand and asks that dark
// pixels are where the boxes say the characters are, and only there.
func TestInkLiesInBoxes(t *testing.T) {
	needFont(t)
	objects := line("5", "5", code(`DeltaX="g 13 4"`, "山阴县民族宗教事务局查封仓库")) +
		line("5", "15", code(`DeltaX="g 19 2"`, "No. 360 SN:KTE382E4,")) +
		`<ofd:TextObject Boundary="5 25 80 20" Font="4" Size="1" CTM="8 0 0 8 0 0">` + `<ofd:TextCode X="0" Y="1" DeltaX="g 3 1.5">放大四字</ofd:TextCode></ofd:TextObject>` +
		`<ofd:TextObject Boundary="80 40 10 50" Font="3" Size="4" CTM="0 1 -1 0 8 0">` + code(`DeltaX="g 3 4"`, "转过来的") + `</ofd:TextObject>` +
		`<ofd:TextObject Boundary="5 45 40 40" Font="3" Size="5" HScale="0.6">` + code(`DeltaX="g 3 3"`, "窄的字形") + `</ofd:TextObject>` +
		`<ofd:TextObject Boundary="60 45 10 50" Font="3" Size="4">` + code(`DeltaY="g 3 5"`, "竖排文字") + `</ofd:TextObject>` +
		`<ofd:TextObject Boundary="5 60 50 10" Font="5" Size="4" Weight="700" Italic="true">` + code(``, "Times bold") + `</ofd:TextObject>`
	doc := mustOpen(t, format(t, extract.Limits{}), sample(objects))
	p := read(t, doc, 1)
	img := shown(t, doc, 1, 1400)
	inside := image.NewGray(img.Bounds())
	for _, b := range p.Boxes {
		k := float64(img.Bounds().Dx())
		r := image.Rect(int(b.X*k)-3, int(b.Y*k)-3, int((b.X+b.W)*k)+4, int((b.Y+b.H)*k)+4)
		ink := 0
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				inside.SetGray(x, y, color.Gray{Y: 1})
				if dark(img, x, y) {
					ink++
				}
			}
		}
		if ink == 0 {
			t.Errorf("nothing is drawn for %q at %+v", b.Text, b)
		}
	}
	stray := 0
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if dark(img, x, y) && inside.GrayAt(x, y).Y == 0 {
				stray++
			}
		}
	}
	if stray > 0 {
		t.Errorf("%d dark pixels outside all boxes", stray)
	}
}

// TestSharedInk does the same with every page of the real files: of all
// characters, hardly one may have an empty box.
func TestSharedInk(t *testing.T) {
	needFont(t)
	paths, err := filepath.Glob(shared + "/ofd/*.ofd")
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Skip("the shared documents are not here")
	}
	f := format(t, extract.Limits{})
	boxes, empty := 0, 0
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := open(t, f, content)
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
			continue
		}
		for n := 1; n <= doc.Pages(); n++ {
			p := read(t, doc, n)
			img := shown(t, doc, n, 900)
			for _, b := range p.Boxes {
				boxes++
				if flat(img, b) {
					empty++
				}
			}
		}
		if err := doc.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d of %d boxes are empty", empty, boxes)
	if boxes < 10_000 || empty*1000 > boxes {
		t.Errorf("%d of %d boxes are empty", empty, boxes)
	}
}

// flat says whether nothing is drawn in a box.
func flat(img image.Image, b extract.Box) bool {
	w, h := float64(img.Bounds().Dx()), float64(img.Bounds().Dy())
	low, high := uint32(0xffff), uint32(0)
	for y := int(b.Y * h); y <= int((b.Y+b.H)*h); y++ {
		for x := int(b.X * w); x <= int((b.X+b.W)*w); x++ {
			if !image.Pt(x, y).In(img.Bounds()) {
				continue
			}
			_, g, _, _ := img.At(x, y).RGBA()
			low, high = min(low, g), max(high, g)
		}
	}
	return high-min(low, high) < 0x0800
}

func TestPictures(t *testing.T) {
	src := picture(t)
	img, _, err := image.Decode(strings.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	var asJPEG, asBMP bytes.Buffer
	if err := jpeg.Encode(&asJPEG, img, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	if err := bmp.Encode(&asBMP, img); err != nil {
		t.Fatal(err)
	}
	f := format(t, extract.Limits{})
	for name, data := range map[string]string{"a.png": src, "a.jpg": asJPEG.String(), "a.bmp": asBMP.String()} {
		for _, ctm := range []string{`CTM="40 0 0 40 0 0"`, ""} {
			doc := mustOpen(t, f, sample(`<ofd:ImageObject Boundary="20 30 40 40" `+ctm+` ResourceID="8"/>`).
				with("Doc_0/PublicRes.xml", resources(`<ofd:MultiMedias><ofd:MultiMedia ID="8" Type="Image"><ofd:MediaFile>`+name+`</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>`)).
				with("Doc_0/Res/"+name, data))
			got := shown(t, doc, 1, 400)
			if !near(got, 40, 38, 255, 0, 0) || !near(got, 40, 62, 0, 0, 255) || !near(got, 15, 50, 255, 255, 255) || !near(got, 65, 50, 255, 255, 255) {
				t.Errorf("%s %s is not shown in its place", name, ctm)
			}
		}
	}
}

// TestKindsOfPictures covers grey, palettes and transparency, and a picture that
// would cost too much.
func TestKindsOfPictures(t *testing.T) {
	fill := func(img draw.Image, c color.Color) string {
		draw.Draw(img, img.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
		var buf bytes.Buffer
		if err := png.Encode(&buf, img); err != nil {
			t.Fatal(err)
		}
		return buf.String()
	}
	area := image.Rect(0, 0, 5, 7)
	huge := []byte(fill(image.NewGray(area), color.Gray{Y: 9}))
	copy(huge[16:], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // says that it is 65,536 wide and high
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	var asGIF bytes.Buffer
	pal := image.NewPaletted(area, color.Palette{color.Black, color.NRGBA{R: 10, G: 200, B: 30, A: 255}})
	pal.Pix = bytes.Repeat([]byte{1}, len(pal.Pix))
	if err := gif.Encode(&asGIF, pal, nil); err != nil {
		t.Fatal(err)
	}
	f := format(t, extract.Limits{})
	for _, c := range []struct {
		name, data string
		r, g, b    int
	}{
		{"grey", fill(image.NewGray(area), color.Gray{Y: 100}), 100, 100, 100},
		{"grey of 16 bits", fill(image.NewGray16(area), color.Gray16{Y: 100 << 8}), 100, 100, 100},
		{"palette", asGIF.String(), 10, 200, 30},
		{"half seen", fill(image.NewNRGBA(area), color.NRGBA{R: 255, A: 128}), 255, 127, 127},
		{"unseen", fill(image.NewNRGBA(area), color.NRGBA{R: 255}), 255, 255, 255},
		{"too large", string(huge), 255, 255, 255},
	} {
		doc := mustOpen(t, f, sample(`<ofd:ImageObject Boundary="20 30 40 40" CTM="40 0 0 40 0 0" ResourceID="8"/>`).
			with("Doc_0/PublicRes.xml", resources(`<ofd:MultiMedias><ofd:MultiMedia ID="8" Type="Image"><ofd:MediaFile>a</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>`)).
			with("Doc_0/Res/a", c.data))
		img := shown(t, doc, 1, 400)
		if !near(img, 40, 42, c.r, c.g, c.b) {
			t.Errorf("%s: %v", c.name, img.At(160, 168))
		}
		if framed := !near(img, 40, 50, c.r, c.g, c.b); framed != (c.name == "too large") {
			t.Errorf("%s: framed is %v", c.name, framed)
		}
	}
}

// TestMissingPicture shows that something should stand there.
func TestMissingPicture(t *testing.T) {
	got := shown(t, mustOpen(t, format(t, extract.Limits{}), sample(`<ofd:ImageObject Boundary="20 20 60 60" CTM="60 0 0 60 0 0" ResourceID="8"/>`)), 1, 400)
	if near(got, 50, 50, 255, 255, 255) || !near(got, 50, 30, 255, 255, 255) {
		t.Error("no crossed frame stands for a picture that the document lacks")
	}
}

// TestSeals covers a seal that is a picture, one cut for the edge of several
// pages, one over text, and one that is an OFD itself.
func TestSeals(t *testing.T) {
	f := format(t, extract.Limits{})
	bar := `<ofd:PathObject Boundary="0 0 100 100" Fill="true" Stroke="false"><ofd:AbbreviatedData>M 0 50 L 100 50 L 100 60 L 0 60 C</ofd:AbbreviatedData></ofd:PathObject>`
	stamps := `<ofd:StampAnnot ID="1" PageRef="1" Boundary="20 30 40 40"/><ofd:StampAnnot ID="2" PageRef="1" Boundary="70 30 40 40" Clip="0 0 10 40"/>`
	got := shown(t, mustOpen(t, f, sample(bar).signed(t, "png", picture(t), stamps)), 1, 400)
	if !near(got, 40, 38, 255, 0, 0) || !near(got, 40, 66, 0, 0, 255) || !near(got, 75, 38, 255, 0, 0) {
		t.Error("the seal is not shown")
	}
	if !near(got, 90, 38, 255, 255, 255) {
		t.Error("a cut seal is shown whole")
	}
	if !near(got, 40, 55, 0, 0, 0) {
		t.Error("the seal hides what it was pressed upon")
	}
	nested := sample(`<ofd:PathObject Boundary="0 0 100 100" Fill="true" Stroke="false"><ofd:FillColor Value="0 128 0"/><ofd:AbbreviatedData>M 0 0 L 100 0 L 100 50 L 0 50 C</ofd:AbbreviatedData></ofd:PathObject>` +
		line("10", "60", code(`DeltaX="4"`, "印章"))).pack(t)
	doc := mustOpen(t, f, sample(line("10", "5", code(`DeltaX="4"`, "正文"))).signed(t, "ofd", string(nested), stamps))
	got = shown(t, doc, 1, 400)
	if !near(got, 40, 40, 0, 128, 0) || near(got, 40, 80, 0, 128, 0) || !near(got, 75, 40, 0, 128, 0) || !near(got, 90, 40, 255, 255, 255) {
		t.Error("a seal that is an OFD is not shown at its place and size")
	}
	if p := read(t, doc, 1); !strings.HasPrefix(p.Text, "正文\n印章") {
		t.Errorf("text %q", p.Text)
	}
}

func TestPaths(t *testing.T) {
	f := format(t, extract.Limits{})
	square := `<ofd:AbbreviatedData>M 0 0 L 60 0 L 60 60 L 0 60 C</ofd:AbbreviatedData>`
	path := func(attrs, inner string) string {
		return `<ofd:PathObject Boundary="20 20 60 60" ` + attrs + `>` + inner + `</ofd:PathObject>`
	}
	red := `<ofd:FillColor Value="255 0 0"/>`
	for _, c := range []struct {
		name, object, res string
		at                [][5]float64 // x, y, r, g, b
	}{
		{"stroke is the default, in black", path(`LineWidth="4"`, square), "", [][5]float64{{20, 50, 0, 0, 0}, {50, 50, 255, 255, 255}}},
		{"fill", path(`Fill="true" Stroke="false"`, red+square), "", [][5]float64{{50, 50, 255, 0, 0}, {10, 10, 255, 255, 255}}},
		{"hexadecimal colour", path(`Fill="true" Stroke="false"`, `<ofd:FillColor Value="#00 #80 #ff"/>`+square), "", [][5]float64{{50, 50, 0, 128, 255}}},
		{"grey space", path(`Fill="true" Stroke="false"`, `<ofd:FillColor Value="128"/>`+square), "", [][5]float64{{50, 50, 128, 128, 128}}},
		{"palette", path(`Fill="true" Stroke="false"`, `<ofd:FillColor Index="1" ColorSpace="60"/>`+square), `<ofd:ColorSpaces><ofd:ColorSpace ID="60" Type="RGB"><ofd:Palette><ofd:CV>1 2 3</ofd:CV><ofd:CV>0 255 0</ofd:CV></ofd:Palette></ofd:ColorSpace></ofd:ColorSpaces>`, [][5]float64{{50, 50, 0, 255, 0}}},
		{"drawing parameters and their parent", path(`Stroke="false" Fill="true" DrawParam="51"`, square), `<ofd:DrawParams><ofd:DrawParam ID="50" LineWidth="9">` + red + `</ofd:DrawParam><ofd:DrawParam ID="51" Relative="50"/></ofd:DrawParams>`, [][5]float64{{50, 50, 255, 0, 0}}},
		{"opacity of the object and of the colour", path(`Fill="true" Stroke="false" Alpha="128"`, `<ofd:FillColor Value="0 0 0" Alpha="128"/>`+square), "", [][5]float64{{50, 50, 191, 191, 191}}},
		{"a hole by the even-odd rule", path(`Fill="true" Stroke="false" Rule="Even-Odd"`, red+`<ofd:AbbreviatedData>M 0 0 L 60 0 L 60 60 L 0 60 C M 20 20 L 40 20 L 40 40 L 20 40 C</ofd:AbbreviatedData>`), "", [][5]float64{{25, 25, 255, 0, 0}, {50, 50, 255, 255, 255}}},
		{"a circle of two arcs", path(`Fill="true" Stroke="false"`, red+`<ofd:AbbreviatedData>M 0 30 A 30 30 0 0 1 60 30 A 30 30 0 0 1 0 30 C</ofd:AbbreviatedData>`), "", [][5]float64{{50, 24, 255, 0, 0}, {50, 76, 255, 0, 0}, {24, 24, 255, 255, 255}, {76, 76, 255, 255, 255}}},
		{"curves", path(`Fill="true" Stroke="false"`, red+`<ofd:AbbreviatedData>M 0 60 Q 30 -60 60 60 B 60 60 30 60 0 60 C</ofd:AbbreviatedData>`), "", [][5]float64{{50, 30, 255, 0, 0}, {25, 25, 255, 255, 255}}},
		{"dashes", path(`LineWidth="6" DashPattern="10 10"`, `<ofd:AbbreviatedData>M 0 30 L 60 30</ofd:AbbreviatedData>`), "", [][5]float64{{25, 50, 0, 0, 0}, {35, 50, 255, 255, 255}}},
		{"clip in the space of the object", path(`Fill="true" Stroke="false" CTM="2 0 0 2 0 0"`, red+`<ofd:Clips><ofd:Clip><ofd:Area><ofd:Path Boundary="0 0 9 9"><ofd:AbbreviatedData>M 0 0 L 15 0 L 15 30 L 0 30 C</ofd:AbbreviatedData></ofd:Path></ofd:Area></ofd:Clip></ofd:Clips>`+square), "", [][5]float64{{45, 50, 255, 0, 0}, {55, 50, 255, 255, 255}}},
		{"clip in the space of the boundary", path(`Fill="true" Stroke="false" CTM="2 0 0 2 0 0"`, red+`<ofd:Clips TransFlag="false"><ofd:Clip><ofd:Area><ofd:Path Boundary="0 0 9 9"><ofd:AbbreviatedData>M 0 0 L 15 0 L 15 30 L 0 30 C</ofd:AbbreviatedData></ofd:Path></ofd:Area></ofd:Clip></ofd:Clips>`+square), "", [][5]float64{{30, 45, 255, 0, 0}, {45, 45, 255, 255, 255}}},
		{"axial gradient", path(`Fill="true" Stroke="false"`, `<ofd:FillColor><ofd:AxialShd StartPoint="0 0" EndPoint="60 0" Extend="3"><ofd:Segment><ofd:Color Value="255 0 0"/></ofd:Segment><ofd:Segment Position="1"><ofd:Color Value="0 0 255"/></ofd:Segment></ofd:AxialShd></ofd:FillColor>`+square), "", [][5]float64{{22, 50, 247, 0, 8}, {50, 50, 128, 0, 128}, {78, 50, 8, 0, 247}}},
		{"radial gradient", path(`Fill="true" Stroke="false"`, `<ofd:FillColor><ofd:RadialShd StartPoint="30 30" EndPoint="30 30" EndRadius="30" Extend="2"><ofd:Segment Position="0"><ofd:Color Value="255 0 0"/></ofd:Segment><ofd:Segment Position="1"><ofd:Color Value="0 0 255"/></ofd:Segment></ofd:RadialShd></ofd:FillColor>`+square), "", [][5]float64{{50, 50, 255, 0, 0}, {22, 22, 0, 0, 255}}},
		{"a mesh is flat, in its mean colour", path(`Fill="true" Stroke="false"`, `<ofd:FillColor><ofd:GouraudShd><ofd:Point X="0" Y="0"><ofd:Color Value="255 0 0"/></ofd:Point><ofd:Point X="60" Y="60"><ofd:Color Value="0 0 255"/></ofd:Point></ofd:GouraudShd></ofd:FillColor>`+square), "", [][5]float64{{50, 50, 128, 0, 128}}},
		{"pattern", path(`Fill="true" Stroke="false"`, `<ofd:FillColor><ofd:Pattern Width="20" Height="20"><ofd:CellContent><ofd:PathObject Boundary="0 0 10 20" Fill="true" Stroke="false">`+red+`<ofd:AbbreviatedData>M 0 0 L 10 0 L 10 20 L 0 20 C</ofd:AbbreviatedData></ofd:PathObject></ofd:CellContent></ofd:Pattern></ofd:FillColor>`+square), "", [][5]float64{{25, 50, 255, 0, 0}, {35, 50, 255, 255, 255}, {65, 70, 255, 0, 0}, {85, 50, 255, 255, 255}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := shown(t, mustOpen(t, f, sample(c.object).with("Doc_0/PublicRes.xml", resources(c.res))), 1, 400)
			for _, p := range c.at {
				if !near(got, p[0], p[1], int(p[2]), int(p[3]), int(p[4])) {
					t.Errorf("at %v mm stands %v", p, got.At(int(p[0]*4), int(p[1]*4)))
				}
			}
		})
	}
}

func dark(img image.Image, x, y int) bool {
	_, g, _, _ := img.At(x, y).RGBA()
	return g < 0x8000
}

func needFont(t *testing.T) {
	t.Helper()
	for _, p := range extract.SystemFonts() {
		if _, err := os.Stat(p); err == nil {
			return
		}
	}
	t.Skip("no Chinese font on this machine: install fonts-noto-cjk")
}
