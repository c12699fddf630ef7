package desktop

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"diaoyue.example/workstation/frontend"
)

// words are the shell's own words, kept with the interface's others.
type words struct {
	Title        string `json:"title"`
	ChooseFiles  string `json:"chooseFiles"`
	ChooseFolder string `json:"chooseFolder"`
}

func shellWords() (words, error) {
	var w words
	if err := json.Unmarshal(frontend.Shell, &w); err != nil {
		return words{}, fmt.Errorf("read the shell's words: %w", err)
	}
	return w, nil
}

// legalText gives an article's words: "S18" all of it, "S18.1" its first
// paragraph.
func legalText(key string) (string, error) {
	var articles map[string]struct {
		Paragraphs []string `json:"paragraphs"`
	}
	if err := json.Unmarshal(frontend.Articles, &articles); err != nil {
		return "", fmt.Errorf("read articles: %w", err)
	}
	article, paragraph, one := strings.Cut(key, ".")
	found, ok := articles[article]
	if !ok {
		return "", ErrNoArticle.With("key", key)
	}
	if !one {
		return strings.Join(found.Paragraphs, "\n"), nil
	}
	n, err := strconv.Atoi(paragraph)
	if err != nil || n < 1 || n > len(found.Paragraphs) {
		return "", ErrNoArticle.With("key", key)
	}
	return found.Paragraphs[n-1], nil
}
