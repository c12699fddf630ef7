package redact

import (
	_ "embed"
	"encoding/json"
)

//go:embed grounds.json
var groundsJSON []byte

// Ground is why something may be withheld.
type Ground struct {
	Key   string `json:"key"`   // stable name in code
	Value string `json:"value"` // the word that stands in plans and certificates
	Basis string `json:"basis"` // article key, e.g. S18.2
}

// Grounds lists the grounds of article 18 paragraph 2 in its order: state
// secret, trade secret, personal privacy, other by law.
func Grounds() []Ground {
	var g []Ground
	if err := json.Unmarshal(groundsJSON, &g); err != nil {
		panic("redact: grounds.json: " + err.Error()) // embedded, tested
	}
	return g
}
