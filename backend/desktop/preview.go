package desktop

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strconv"

	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/viewing"
	"diaoyue.example/workstation/media/preview"
)

// previewAnswer says what there is of thumbnails and sound curves.
type previewAnswer struct {
	Ready bool          `json:"ready"`
	Info  *preview.Info `json:"info,omitempty"`
}

// servePreview describes the preview. Where none has been made, one is asked
// for; a copy under review has none, for the record's would show what the copy
// hides.
func (s *Shell) servePreview(v *viewing.Viewing, w http.ResponseWriter, r *http.Request) error {
	var answer previewAnswer
	err := withPreview(v, r, func(p *preview.Preview) error {
		info := p.Info()
		answer = previewAnswer{Ready: true, Info: &info}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, preview.ErrFormat) {
		err = nil
		if v.Info().CopyID == "" {
			err = s.wantPreview(r, v.Info().Record.ID)
		}
	}
	if err != nil {
		return err
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("write preview: %w", err)
	}
	send(w, "application/json", body)
	return nil
}

func (s *Shell) wantPreview(r *http.Request, recordID string) error {
	station, _, err := s.seated()
	if err != nil {
		return err
	}
	return station.Ingest.WantPreview(r.Context(), recordID)
}

// serveSheet gives a sheet of thumbnails, or the contact sheet.
func (s *Shell) serveSheet(v *viewing.Viewing, w http.ResponseWriter, r *http.Request) error {
	return part(withPreview(v, r, func(p *preview.Preview) error {
		read := p.Contact
		if name := r.PathValue("n"); name != "contact" {
			number, err := strconv.Atoi(name)
			if err != nil {
				return ErrBadRequest.With("field", "sheet")
			}
			read = func() ([]byte, error) { return p.Sheet(number) }
		}
		body, err := read()
		if err == nil {
			send(w, "image/jpeg", body)
		}
		return err
	}))
}

// serveWave gives a stretch of a sound curve: pairs of int8, least and greatest.
func (s *Shell) serveWave(v *viewing.Viewing, w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	return part(withPreview(v, r, func(p *preview.Preview) error {
		body, err := p.Peaks(int(whole(query, "track")), int(whole(query, "level")), whole(query, "from"), whole(query, "count"))
		if err == nil {
			send(w, "application/octet-stream", body)
		}
		return err
	}))
}

// withPreview opens the record's preview through the viewing, which logs it.
func withPreview(v *viewing.Viewing, r *http.Request, do func(*preview.Preview) error) error {
	f, err := v.Derived(r.Context(), catalog.DerivedPreview)
	if err != nil {
		return err
	}
	defer f.Close()
	p, err := opened(f)
	if err != nil {
		return err
	}
	return do(p)
}

// part makes what is not there a bad request: the page asks only for what the
// description names.
func part(err error) error {
	if errors.Is(err, preview.ErrNone) || errors.Is(err, preview.ErrFormat) || errors.Is(err, fs.ErrNotExist) {
		return ErrBadRequest.With("field", "preview")
	}
	return err
}

func opened(f *os.File) (*preview.Preview, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open preview: %w", err)
	}
	return preview.Read(f, info.Size())
}
