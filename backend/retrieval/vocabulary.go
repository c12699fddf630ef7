package retrieval

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"diaoyue.example/workstation/search/language"
)

//go:embed vocabulary.zh-CN.json
var vocabulary []byte

// Vocabulary is how archivists name the fields and operators of the query
// language.
func Vocabulary() (language.Vocabulary, error) {
	var v language.Vocabulary
	if err := json.Unmarshal(vocabulary, &v); err != nil {
		return v, fmt.Errorf("read vocabulary of search: %w", err)
	}
	return v, nil
}
