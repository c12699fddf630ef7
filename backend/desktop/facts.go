package desktop

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// factTables are where the words of a fact's codes stand.
func factTables() map[string][]string {
	return map[string][]string{
		"purpose":    {"common.purpose."},
		"stage":      {"common.stage."},
		"medium":     {"common.medium."},
		"kind":       {"common.kind.", "audit.close.", "common.job."},
		"of":         {"common.job."},
		"state":      {"casefile.text.", "casefile.indexState.", "copies.state."},
		"index":      {"casefile.indexState."},
		"sound":      {"audit.sound."},
		"timeliness": {"casefile.timeliness."},
	}
}

// factLine tells the facts that have a Chinese name in one line, as the screen
// does: "事由 计划调阅，页 3". The whole stands in the entry.
func factLine(words lexicon, facts map[string]string) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(facts)) {
		name, known := words["audit.fact."+key]
		if value := factText(words, key, facts[key]); known && value != "" {
			parts = append(parts, name+" "+value)
		}
	}
	return orDash(strings.Join(parts, "，"))
}

var (
	digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
	idForm     = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-`)
)

// factText tells a code by its word, ids and digests by a part of them.
func factText(words lexicon, key, value string) string {
	if tables, coded := factTables()[key]; coded {
		for _, table := range tables {
			if word, ok := words[table+value]; ok && value != "" {
				return word
			}
		}
		return ""
	}
	switch {
	case key == "roles":
		var roles []string
		for _, role := range strings.Fields(value) {
			roles = append(roles, words.word("common.role.", role))
		}
		return strings.Join(roles, "、")
	case key == unitFrames, key == unitPages:
		return words.say("audit."+key, "n", value)
	case key == "code":
		if title, ok := words["faults."+value+".title"]; ok {
			return title
		}
	case key == "basis":
		return articleName(words, value)
	case digestForm.MatchString(value):
		return value[:8] + "…"
	case idForm.MatchString(value):
		return "…" + tail(value)
	}
	return value
}

// tail is the end of an id, by which people tell records apart.
func tail(id string) string { return id[max(0, len(id)-6):] }

var articleForm = regexp.MustCompile(`^S(\d{1,2})(?:\.(\d))?$`)

// articleName names a basis: "S18.1" → 《实施细则》第十八条第一款, one of our own
// rules by its title, and anything else as it is.
func articleName(words lexicon, key string) string {
	parts := articleForm.FindStringSubmatch(key)
	if parts == nil {
		if title, ok := words["articles."+key+".title"]; ok {
			return title
		}
		return key
	}
	name := words.say("common.article", "n", numeral(words, parts[1]))
	if parts[2] != "" {
		name += words.say("common.paragraph", "n", numeral(words, parts[2]))
	}
	return name
}

// numeral writes "1" to "99" in Chinese.
func numeral(words lexicon, digits string) string {
	n, err := strconv.Atoi(digits)
	signs := []rune(words.say("common.numerals")) // 0 to 10
	if err != nil || len(signs) != 11 {
		return digits
	}
	text := ""
	if n >= 20 {
		text = string(signs[n/10])
	}
	if n >= 10 {
		text += string(signs[10])
	}
	if n%10 > 0 || n == 0 {
		text += string(signs[n%10])
	}
	return text
}
