package desktop

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/viewing"
)

// What a range of a record counts.
const (
	unitFrames = "frameRanges"
	unitPages  = "pageRanges"
	unitTimes  = "timeRanges" // milliseconds of a recording of sound alone
)

// maxRanges is how many ranges one line of a record's life tells; the entry
// itself holds all.
const maxRanges = 6

func unitOf(r catalog.Record) string {
	switch {
	case r.Medium == catalog.MediumAudio && r.Frames == 0:
		return unitTimes
	case r.Footage():
		return unitFrames
	}
	return unitPages
}

// plainFacts keeps of an entry's codes what can be said in a word or number,
// and tells the intervals of a "shown" entry as ranges under the unit's name:
// frames and pages as people count them, from 1. Lists and objects are left to
// the entry itself.
func plainFacts(codes map[string]any, unit string) map[string]string {
	facts := map[string]string{}
	for key, value := range codes {
		switch v := value.(type) {
		case string:
			facts[key] = v
		case float64:
			facts[key] = strconv.FormatFloat(v, 'f', -1, 64)
		case bool, int, int64, json.Number:
			facts[key] = fmt.Sprint(v)
		}
	}
	intervals := intervalsOf(codes["intervals"])
	if len(intervals) == 0 {
		return facts
	}
	var ranges, speeds, sounds []string
	for _, i := range intervals {
		ranges = once(ranges, rangeText(i, unit))
		sounds = once(sounds, i.Sound)
		if i.Kind == viewing.KindPlay {
			speeds = once(speeds, strconv.FormatFloat(i.Speed, 'f', -1, 64))
		}
	}
	if len(ranges) > maxRanges {
		ranges = append(ranges[:maxRanges], "…")
	}
	facts[unit] = strings.Join(ranges, ", ")
	if len(speeds) > 0 {
		facts["speed"] = strings.Join(speeds, ", ")
	}
	if unit != unitPages && len(sounds) == 1 {
		facts["sound"] = sounds[0]
	}
	return facts
}

// intervalsOf reads intervals back from an entry; none when they are not such.
func intervalsOf(value any) []viewing.Interval {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	var list []viewing.Interval
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil
	}
	return list
}

func rangeText(i viewing.Interval, unit string) string {
	say := func(n int64) string { return strconv.FormatInt(n, 10) }
	from, to := i.From, i.To
	switch unit {
	case unitFrames:
		from, to = from+1, to+1
	case unitTimes:
		say = func(ms int64) string {
			return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3600000, ms/60000%60, ms/1000%60, ms%1000)
		}
		to++
	}
	if from == to {
		return say(from)
	}
	return say(from) + "—" + say(to)
}

// once adds a text that is not yet in the list.
func once(list []string, text string) []string {
	if slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}
