package redact

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

const maxPlanBytes = 16 << 20

// ParsePlan reads a plan strictly: names are exact, every field is known and
// given once, and Check holds. An unknown field is refused because it could mean
// a cover that this version would not draw. Errors wrap the sentinels here.
func ParsePlan(data []byte) (Plan, error) {
	if len(data) > maxPlanBytes {
		return Plan{}, ErrTooLarge
	}
	if !utf8.Valid(data) {
		return Plan{}, fmt.Errorf("%w: not UTF-8", ErrSyntax)
	}
	p := Plan{}
	o, err := object(data, "plan", "version", "original", "tracks", "mutes")
	if err != nil {
		return Plan{}, err
	}
	if err = o.get("version", &p.Version); err == nil && p.Version != Version {
		return Plan{}, fmt.Errorf("%w: %d", ErrVersion, p.Version)
	}
	var tracks, mutes []json.RawMessage
	err = errors.Join(err, o.optional("original", &p.Original), o.optional("tracks", &tracks), o.optional("mutes", &mutes))
	if err != nil {
		return Plan{}, err
	}
	p.Tracks, p.Mutes = make([]Track, len(tracks)), make([]Mute, len(mutes))
	for i, raw := range tracks {
		if p.Tracks[i], err = parseTrack(raw, fmt.Sprintf("track %d", i)); err != nil {
			return Plan{}, err
		}
	}
	for i, raw := range mutes {
		if p.Mutes[i], err = parseMute(raw, fmt.Sprintf("mute %d", i)); err != nil {
			return Plan{}, err
		}
	}
	return p, p.Check()
}

func parseTrack(raw []byte, where string) (t Track, err error) {
	o, err := object(raw, where, "id", "shape", "effect", "ground", "reason", "keyframes")
	if err != nil {
		return t, err
	}
	var keys []json.RawMessage
	err = errors.Join(o.get("id", &t.ID), o.get("shape", &t.Shape), o.get("effect", &t.Effect),
		o.optional("ground", &t.Ground), o.optional("reason", &t.Reason), o.get("keyframes", &keys))
	if err != nil {
		return t, err
	}
	t.Keyframes = make([]Keyframe, len(keys))
	for i, raw := range keys {
		if t.Keyframes[i], err = parseKeyframe(raw, fmt.Sprintf("%s keyframe %d", where, i)); err != nil {
			return t, err
		}
	}
	return t, nil
}

// parseKeyframe takes a missing "visible" as true: what a plan forgets to say
// must never uncover anything. Only an invisible keyframe may lack a rectangle.
func parseKeyframe(raw []byte, where string) (k Keyframe, err error) {
	o, err := object(raw, where, "frame", "x", "y", "w", "h", "visible")
	if err != nil {
		return k, err
	}
	k.Visible = true
	if err = errors.Join(o.get("frame", &k.Frame), o.optional("visible", &k.Visible)); err != nil {
		return k, err
	}
	number := o.get
	if !k.Visible {
		number = o.optional
	}
	return k, errors.Join(number("x", &k.X), number("y", &k.Y), number("w", &k.W), number("h", &k.H))
}

func parseMute(raw []byte, where string) (m Mute, err error) {
	o, err := object(raw, where, "from", "to", "effect", "ground", "reason")
	if err != nil {
		return m, err
	}
	return m, errors.Join(o.get("from", &m.From), o.get("to", &m.To), o.get("effect", &m.Effect),
		o.optional("ground", &m.Ground), o.optional("reason", &m.Reason))
}

// fields is one JSON object taken apart. encoding/json alone would match names
// without regard to case and let the last of two equal names win.
type fields struct {
	where  string
	values map[string]json.RawMessage
}

func object(data []byte, where string, known ...string) (fields, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	wrong := func(err error) (fields, error) { return fields{}, fmt.Errorf("%w: %s: %w", ErrSyntax, where, err) }
	if t, err := d.Token(); err != nil {
		return wrong(err)
	} else if t != json.Delim('{') {
		return wrong(errors.New("an object is wanted"))
	}
	f := fields{where, map[string]json.RawMessage{}}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return wrong(err)
		}
		name, _ := t.(string)
		if !slices.Contains(known, name) {
			return fields{}, fmt.Errorf("%w: %s: %q", ErrUnknownField, where, name)
		}
		if _, again := f.values[name]; again {
			return fields{}, fmt.Errorf("%w: %s: %q", ErrTwice, where, name)
		}
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return wrong(err)
		}
		f.values[name] = v
	}
	if _, err := d.Token(); err != nil {
		return wrong(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return wrong(errors.New("something follows the end"))
	}
	return f, nil
}

func (f fields) get(name string, into any) error {
	if _, ok := f.values[name]; !ok {
		return fmt.Errorf("%w: %s: %q", ErrMissingField, f.where, name)
	}
	return f.optional(name, into)
}

func (f fields) optional(name string, into any) error {
	v, ok := f.values[name]
	if !ok {
		return nil
	}
	if string(v) == "null" {
		return fmt.Errorf("%w: %s: %q is null", ErrSyntax, f.where, name)
	}
	if err := json.Unmarshal(v, into); err != nil {
		return fmt.Errorf("%w: %s: %q: %w", ErrSyntax, f.where, name, err)
	}
	return nil
}
