package retrieval

import (
	"errors"
	"fmt"
	"time"

	"diaoyue.example/workstation/search"
)

// OpenIndex opens the index in dir. One that is damaged or of another version
// is thrown away and made empty, for the Keeper fills it from the catalogue;
// one that another process holds is an error (search.ErrHeld).
func OpenIndex(dir string, now func() time.Time) (*search.Index, error) {
	words, err := Vocabulary()
	if err != nil {
		return nil, err
	}
	cfg := search.Config{Vocabulary: words, Now: now}
	x, err := search.Open(dir, cfg)
	if err == nil {
		return x, nil
	}
	if !errors.Is(err, search.ErrDamaged) && !errors.Is(err, search.ErrVersion) {
		return nil, fmt.Errorf("open search index: %w", err)
	}
	if err = search.Reset(dir); err != nil {
		return nil, fmt.Errorf("renew search index: %w", err)
	}
	if x, err = search.Open(dir, cfg); err != nil {
		return nil, fmt.Errorf("renew search index: %w", err)
	}
	return x, nil
}
