package mediatest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"diaoyue.example/workstation/media"
)

// stage draws the pictures of one clip: a still background and figures that
// walk about in it, with what a body camera burns in.
type stage struct {
	clip       Clip
	background media.Picture
	canvas     media.Picture // what rect and quad paint on
	frame      media.Picture
	small, big *typeface
	people     []person
}

// person walks to and fro between two points.
type person struct {
	fromX, toX, depth float64 // shares of the width; depth 0 far .. 1 near
	period, offset    float64 // s
	coat, trousers    color
	cap               bool
}

func newStage(c Clip) *stage {
	s := &stage{clip: c, background: media.NewPicture(c.Width, c.Height)}
	s.background.FullRange, s.background.Matrix = c.FullRange, c.Matrix
	s.canvas = s.background
	if c.Scene == Room {
		s.room()
	} else {
		s.courtyard()
	}
	s.frame = s.background.Clone()
	navy, grey := rgb(0x1d2b4a), rgb(0x6b6f75)
	s.people = []person{
		{fromX: .62, toX: .80, depth: .25, period: 17, coat: rgb(0x8a4b32), trousers: grey},
		{fromX: .16, toX: .42, depth: .55, period: 13, offset: 3, coat: navy, trousers: navy.shade(.8), cap: true},
		{fromX: .52, toX: .90, depth: .85, period: 19, offset: 8, coat: navy, trousers: navy.shade(.8), cap: true},
	}
	if h := float64(c.Height); c.Width >= 240 {
		// a face that cannot be read leaves the picture without letters
		s.small, _ = newTypeface(math.Max(10, h/26))
		s.big, _ = newTypeface(math.Max(18, h/9))
	}
	return s
}

// x and y turn shares of the picture into pixels.
func (s *stage) x(f float64) float64 { return f * float64(s.clip.Width) }
func (s *stage) y(f float64) float64 { return f * float64(s.clip.Height) }

func (s *stage) rect(x0, y0, x1, y1 float64, c color) {
	fill(s.canvas, int(s.x(x0)+.5), int(s.y(y0)+.5), int(s.x(x1)+.5), int(s.y(y1)+.5), c)
}

func (s *stage) quad(c color, pts ...[2]float64) {
	for i := range pts {
		pts[i] = [2]float64{s.x(pts[i][0]), s.y(pts[i][1])}
	}
	polygon(s.canvas, c, pts...)
}

// gradient paints rows from one colour to another.
func (s *stage) gradient(y0, y1 float64, a, b color) {
	lo, hi := int(s.y(y0)), int(s.y(y1))
	for y := lo; y < hi; y++ {
		t := float64(y-lo) / float64(max(hi-lo, 1))
		mix := func(p, q byte) byte { return byte(float64(p) + t*(float64(q)-float64(p)) + .5) }
		fill(s.background, 0, y, s.clip.Width, y+1, color{mix(a.y, b.y), mix(a.u, b.u), mix(a.v, b.v)})
	}
}

func (s *stage) courtyard() {
	s.gradient(0, .34, rgb(0x9db8cf), rgb(0xdfe6e4))
	s.quad(rgb(0xa9b7ae), [2]float64{0, .30}, [2]float64{.22, .17}, [2]float64{.5, .28}, [2]float64{.5, .36}, [2]float64{0, .36})
	s.quad(rgb(0x9aab9f), [2]float64{.35, .33}, [2]float64{.74, .19}, [2]float64{1, .29}, [2]float64{1, .36}, [2]float64{.35, .36})
	wall, stone := rgb(0xb9aa92), rgb(0x8e8778)
	s.rect(0, .34, 1, .62, wall)
	s.rect(0, .58, 1, .62, stone)
	for i := range 26 { // tiles of the wall's cap
		x := float64(i) / 26
		s.rect(x, .315, x+.034, .35, rgb(0x4b5257).shade(1+.12*float64(i%2)))
	}
	s.gate()
	s.gradient(.62, 1, rgb(0x99948a), rgb(0x787268))
	joint := rgb(0x6a655c)
	for i := range 9 { // paving
		y := .62 + .38*math.Pow(float64(i)/8, 1.7)
		s.rect(0, y, 1, y+.003, joint)
	}
	for i := -12; i <= 24; i++ {
		a, b := .5+(float64(i)/12-.5)*.8, .5+(float64(i)/12-.5)*2.4
		s.quad(joint, [2]float64{a, .62}, [2]float64{a + .001, .62}, [2]float64{b + .004, 1}, [2]float64{b, 1})
	}
	s.tree(.1, .66, 1)
	s.tree(.93, .65, .8)
	s.speckle(.35)
}

// gate stands in the middle of the wall: a red double door under a tiled roof.
func (s *stage) gate() {
	s.quad(rgb(0x3f464b), [2]float64{.33, .27}, [2]float64{.67, .27}, [2]float64{.71, .34}, [2]float64{.29, .34})
	s.rect(.29, .335, .71, .35, rgb(0x2f3438))
	s.rect(.35, .35, .38, .64, rgb(0x7c3a2c))
	s.rect(.62, .35, .65, .64, rgb(0x7c3a2c))
	s.rect(.38, .35, .62, .64, rgb(0x3a2a24))
	s.rect(.39, .38, .497, .64, rgb(0x8f3f2f))
	s.rect(.503, .38, .61, .64, rgb(0x8f3f2f))
	brass := rgb(0xb69a55)
	for _, x := range []float64{.43, .46, .54, .57} {
		for _, y := range []float64{.43, .48, .53, .58} {
			ellipse(s.background, s.x(x), s.y(y), s.x(.0045), s.x(.0045), brass)
		}
	}
	s.rect(.30, .635, .70, .655, rgb(0xa39c8e))
}

func (s *stage) tree(x, y, size float64) {
	s.quad(rgb(0x5b4a3b), [2]float64{x - .012*size, y}, [2]float64{x - .006*size, y - .3*size}, [2]float64{x + .006*size, y - .3*size}, [2]float64{x + .012*size, y})
	rng := rand.New(rand.NewPCG(7, uint64(x*1000))) //nolint:gosec // leaves, no secret
	for range 70 {
		dx, dy := rng.NormFloat64()*.035*size, rng.NormFloat64()*.055*size
		r := s.x((.008 + .01*rng.Float64()) * size)
		ellipse(s.background, s.x(x+dx), s.y(y-.36*size+dy), r, r, rgb(0x54704a).shade(.75+.5*rng.Float64()))
	}
}

func (s *stage) room() {
	s.gradient(0, .66, rgb(0xd9d4c6), rgb(0xc6c0b0))
	s.gradient(.66, 1, rgb(0x8d7558), rgb(0x6f5a42))
	s.rect(0, .64, 1, .665, rgb(0x7a6a55))
	s.rect(.06, .14, .30, .50, rgb(0x6d5f4e)) // window
	s.rect(.07, .16, .178, .48, rgb(0xb9cfd8))
	s.rect(.182, .16, .29, .48, rgb(0xc6d8de))
	s.rect(.40, .18, .60, .40, rgb(0xf0ede4)) // notice board
	for i := range 6 {
		s.rect(.42, .21+.03*float64(i), .42+.14-.02*float64(i%3), .216+.03*float64(i), rgb(0x8d8d88))
	}
	s.rect(.74, .20, .96, .64, rgb(0x846c50)) // shelves with files
	for row := range 4 {
		for i := range 11 {
			x := .752 + .018*float64(i)
			s.rect(x, .215+.105*float64(row), x+.014, .295+.105*float64(row), rgb([]uint32{0x3f5d7d, 0x8a8f94, 0x7d3f3f, 0x4e6b4f}[(i*3+row*5)%4]))
		}
	}
	s.speckle(.2)
}

// table stands before those at the back of the room.
func (s *stage) table() {
	s.quad(rgb(0xa07f58), [2]float64{.22, .72}, [2]float64{.68, .72}, [2]float64{.74, .82}, [2]float64{.16, .82}) // table
	s.rect(.16, .82, .74, .85, rgb(0x7c603f))
	s.rect(.19, .85, .21, 1, rgb(0x6a5135))
	s.rect(.69, .85, .71, 1, rgb(0x6a5135))
	s.quad(rgb(0xf4f2ea), [2]float64{.40, .74}, [2]float64{.47, .74}, [2]float64{.48, .79}, [2]float64{.39, .79}) // sheets
	s.quad(rgb(0xeeeae0), [2]float64{.50, .745}, [2]float64{.56, .745}, [2]float64{.575, .79}, [2]float64{.50, .79})
}

// speckle roughens the luma, so that the encoder has something to do.
func (s *stage) speckle(amount float64) {
	rng := rand.New(rand.NewPCG(uint64(s.clip.Seed), 11)) //nolint:gosec // grain, no secret
	p := s.background
	for y := range p.Height {
		row := p.Planes[0][y*p.Stride[0] : y*p.Stride[0]+p.Width]
		for x := range row {
			row[x] = byte(math.Max(17, math.Min(234, float64(row[x])+rng.NormFloat64()*6*amount)))
		}
	}
}

// draw returns picture n, shown so many seconds after the first; it is good
// until the next call.
func (s *stage) draw(n int64, seconds float64) media.Picture {
	for i := range s.frame.Planes {
		copy(s.frame.Planes[i], s.background.Planes[i])
	}
	s.canvas = s.frame
	for _, p := range s.people {
		if s.clip.Scene == Room && p.depth > .8 {
			s.table()
		}
		s.walk(p, seconds)
	}
	s.burnIn(n, seconds)
	drawNumber(s.frame, n)
	return s.frame
}

// walk draws a person: legs and arms swing with the way gone.
func (s *stage) walk(p person, seconds float64) {
	turn := math.Mod((seconds+p.offset)/p.period+float64(s.clip.Seed%7)/7, 1) * 2
	if turn > 1 {
		turn = 2 - turn
	}
	eased := turn * turn * (3 - 2*turn)
	x := s.x(p.fromX + (p.toX-p.fromX)*eased)
	foot := s.y(.70 + .24*p.depth)
	h := s.y(.26 + .26*p.depth)
	step := math.Sin(x / h * 9)
	f := s.frame
	ellipse(f, x, foot, h*.16, h*.03, rgb(0x5c574e)) // shadow
	hip, shoulder := foot-h*.46, foot-h*.80
	for _, side := range []float64{-1, 1} {
		limb(f, x+side*h*.03, hip, x+side*h*.03+side*step*h*.11, foot-h*.02, h*.042, p.trousers)
		limb(f, x+side*h*.10, shoulder+h*.04, x+side*h*.12-side*step*h*.09, hip+h*.02, h*.033, p.coat.shade(.9))
	}
	polygon(f, p.coat, [2]float64{x - h*.115, shoulder}, [2]float64{x + h*.115, shoulder}, [2]float64{x + h*.085, hip + h*.04}, [2]float64{x - h*.085, hip + h*.04})
	skin := rgb(0xd9ad88)
	ellipse(f, x, foot-h*.895, h*.062, h*.078, skin)
	if p.cap {
		ellipse(f, x, foot-h*.95, h*.075, h*.035, p.coat.shade(.7))
		ellipse(f, x, foot-h*.945, h*.014, h*.014, rgb(0xc9a94e))
		limb(f, x-h*.07, shoulder+h*.09, x-h*.03, shoulder+h*.09, h*.012, rgb(0xc8ccd2))
		return
	}
	ellipse(f, x, foot-h*.94, h*.066, h*.045, rgb(0x2a2521))
}

// burnIn writes device, clock and frame number as a body camera does.
func (s *stage) burnIn(n int64, seconds float64) {
	if s.small == nil || s.big == nil {
		return
	}
	w, h := s.clip.Width, s.clip.Height
	top := max(w/40, 16) + h/60
	clock := s.clip.Start.Add(time.Duration(seconds * float64(time.Second))).Format("2006-01-02 15:04:05")
	s.small.text(s.frame, w/50, top, clock)
	s.small.text(s.frame, w-w/50-len(s.clip.Device)*s.small.advance, top, s.clip.Device)
	number := fmt.Sprintf("#%06d", n)
	s.big.text(s.frame, w-w/50-len(number)*s.big.advance, h-s.big.ascent*5/4-h/60, number)
}
