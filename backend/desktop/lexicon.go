package desktop

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"diaoyue.example/workstation/frontend"
)

// lexicon holds the interface's words by their key, "common.purpose.planned",
// and the titles of faults and articles, "faults.vault.mismatch.title": paper and workbook say what the glass says.
type lexicon map[string]string

func loadLexicon() (lexicon, error) {
	files, err := fs.Glob(frontend.Words, "src/i18n/zh-CN/*.json")
	if err != nil {
		return nil, fmt.Errorf("read words: %w", err)
	}
	out := lexicon{}
	for _, file := range files {
		text, err := frontend.Words.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read words: %w", err)
		}
		var tree map[string]any
		if err := json.Unmarshal(text, &tree); err != nil {
			return nil, fmt.Errorf("read words of %s: %w", path.Base(file), err)
		}
		out.take(strings.TrimSuffix(path.Base(file), ".json"), tree)
	}
	for prefix, text := range map[string][]byte{"faults": frontend.Faults, "articles": frontend.Articles} {
		var tree map[string]any
		if err := json.Unmarshal(text, &tree); err != nil {
			return nil, fmt.Errorf("read words of %s: %w", prefix, err)
		}
		out.take(prefix, tree)
	}
	return out, nil
}

func (l lexicon) take(prefix string, tree map[string]any) {
	for key, value := range tree {
		switch v := value.(type) {
		case string:
			l[prefix+"."+key] = v
		case map[string]any:
			l.take(prefix+"."+key, v)
		}
	}
}

// say gives the words of a key with its {places} filled in pairs: name, value.
// A key without words is told as it is: better than nothing on a form.
func (l lexicon) say(key string, pairs ...string) string {
	text, ok := l[key]
	if !ok {
		return key
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+pairs[i]+"}", pairs[i+1])
	}
	return text
}

// word gives the words of prefix+code, the code itself when there are none,
// and the dash of the unknown for "".
func (l lexicon) word(prefix, code string) string {
	if code == "" {
		return dash
	}
	if text, ok := l[prefix+code]; ok {
		return text
	}
	return code
}
