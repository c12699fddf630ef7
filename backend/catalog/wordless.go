package catalog

import (
	"context"
	"fmt"

	"diaoyue.example/workstation/backend/store"
)

// What of a record's words can be searched: all that it has, or why not. The
// other reasons are the states of a paper's text: TextStored, encrypted,
// unsupported, failed, timeout.
const (
	WordsSearched     = "searched"
	WordsUnread       = "needs_ocr"     // a page is a picture that nobody has read
	WordsNoTranscript = "no_transcript" // nobody has written down what is said in it
)

// Wordless returns the records of which words are missing from the search, and
// why. A paper of many pages is among them when one page was not read: whoever
// seeks must not take silence for absence.
func (c *Catalog) Wordless(ctx context.Context) (map[string]string, error) {
	return read(ctx, c.db, func(tx *store.Tx) (map[string]string, error) {
		rows, err := tx.QueryContext(ctx, wordless)
		if err != nil {
			return nil, fmt.Errorf("read records without words: %w", err)
		}
		defer rows.Close()
		out := map[string]string{}
		for rows.Next() {
			var id, why string
			if err = rows.Scan(&id, &why); err != nil {
				return nil, fmt.Errorf("read records without words: %w", err)
			}
			out[id] = why
		}
		return out, rows.Err()
	})
}

// wordless reads footage, papers and pages apart, each from the index in which
// they are few: states other than the three are told by what lies between
// them, and pages are read before their records (CROSS JOIN keeps that order).
// One look at each page of an archive would take a second.
const wordless = `
	SELECT r.id, '` + WordsNoTranscript + `' FROM record r WHERE r.text_state = '` + TextNone + `' AND r.medium IN ('` + MediumVideo + `', '` + MediumAudio + `')
		AND NOT EXISTS (SELECT 1 FROM transcript t JOIN cue q ON q.transcript_id = t.id WHERE t.record_id = r.id AND q.ended = 0)
	UNION ALL
	SELECT r.id, r.text_state FROM record r WHERE r.text_state < 'needs_ocr' OR r.text_state > 'needs_ocr' AND r.text_state < 'none'
		OR r.text_state > 'none' AND r.text_state < 'text' OR r.text_state > 'text'
	UNION ALL
	SELECT r.id, '` + WordsUnread + `' FROM record r WHERE r.text_state = 'needs_ocr'
		AND NOT EXISTS (SELECT 1 FROM page_ocr o WHERE o.record_id = r.id AND o.state = 'done')
	UNION ALL
	SELECT DISTINCT t.record_id, '` + WordsUnread + `' FROM page_text t CROSS JOIN record r ON r.id = t.record_id
		WHERE ` + unreadSources + ` AND r.text_state IN ('` + TextText + `', 'needs_ocr')
		AND NOT EXISTS (SELECT 1 FROM page_ocr o WHERE o.record_id = t.record_id AND o.page = t.page AND o.state = 'done')`
