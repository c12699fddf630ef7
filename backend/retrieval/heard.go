package retrieval

import (
	"context"
	"math"
)

// heard leaves the mark on hits in spoken words that only a machine wrote:
// whoever quotes them must know before he opens the recording.
func (s *Service) heard(ctx context.Context, groups []CaseGroup) error {
	var ids []string
	spoken := map[string][]*Hit{}
	for _, g := range groups {
		for _, r := range g.Records {
			for i := range r.Hits {
				if !r.Hits[i].Heard {
					continue
				}
				if len(spoken[r.Record.ID]) == 0 {
					ids = append(ids, r.Record.ID)
				}
				spoken[r.Record.ID] = append(spoken[r.Record.ID], &r.Hits[i])
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	cues, err := s.catalog.Heard(ctx, ids)
	if err != nil {
		return err
	}
	for id, hits := range spoken {
		for _, h := range hits {
			h.Heard = cues[id][int64(math.Round(h.Time*1000))]
		}
	}
	return nil
}
