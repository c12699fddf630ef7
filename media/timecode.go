package media

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ErrTimecode says that a text is no time.
var ErrTimecode = errors.New("not a time; expected hh:mm:ss.mmm, mm:ss or seconds")

// maxTime bounds times: a hundred thousand hours is no recording.
const maxTime = 3.6e8

// FormatTime writes seconds as "00:12:46.520", rounded to milliseconds.
func FormatTime(seconds float64) string {
	sign := ""
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	if math.IsNaN(seconds) || seconds > maxTime {
		seconds = maxTime
	}
	ms := int64(math.Round(seconds * 1000))
	if ms == 0 {
		sign = ""
	}
	return fmt.Sprintf("%s%02d:%02d:%02d.%03d", sign, ms/3600000, ms/60000%60, ms/1000%60, ms%1000)
}

// ParseTimecode reads "hh:mm:ss.mmm", "mm:ss", "ss.mmm" or "ss" as seconds.
// Minutes and seconds behind a colon are below 60. It returns ErrTimecode otherwise.
func ParseTimecode(text string) (float64, error) {
	parts := strings.Split(strings.TrimSpace(text), ":")
	if len(parts) > 3 {
		return 0, ErrTimecode
	}
	total := 0.0
	for i, part := range parts {
		last := i == len(parts)-1
		if part == "" || strings.Trim(part, "0123456789.") != "" || !last && strings.Contains(part, ".") {
			return 0, ErrTimecode
		}
		v, err := strconv.ParseFloat(part, 64)
		if err != nil || i > 0 && v >= 60 {
			return 0, ErrTimecode
		}
		total = total*60 + v
	}
	if total > maxTime {
		return 0, ErrTimecode
	}
	return total, nil
}
