package desktop

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/viewing"
)

// Handler carries frames, sound and pages: the only way bytes of a record
// reach the glass, and each address holds the id of an open viewing of the
// account that sits here. An id is looked up, never turned into a path.
func (s *Shell) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /viewings/{id}/frames/{n}", s.served((*Shell).serveFrame))
	mux.HandleFunc("GET /viewings/{id}/sound", s.served((*Shell).serveSound))
	mux.HandleFunc("GET /viewings/{id}/pages/{n}", s.served((*Shell).servePage))
	mux.HandleFunc("GET /viewings/{id}/preview", s.served((*Shell).servePreview))
	mux.HandleFunc("GET /viewings/{id}/sheets/{n}", s.served((*Shell).serveSheet))
	mux.HandleFunc("GET /viewings/{id}/wave", s.served((*Shell).serveWave))
	return mux
}

// served does what all routes share: nothing may be stored, the viewing must
// be the signed-in account's, and an error goes out as a Problem.
func (s *Shell) served(serve func(*Shell, *viewing.Viewing, http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		err := func() (err error) {
			defer s.caught(&err)
			v, err := s.viewing(r.PathValue("id"))
			if err != nil {
				return err
			}
			return serve(s, v, w, r)
		}()
		if err != nil {
			refuse(w, err)
		}
	}
}

func (s *Shell) serveFrame(v *viewing.Viewing, w http.ResponseWriter, r *http.Request) error {
	number, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
	if err != nil {
		return ErrBadRequest.With("field", "frame")
	}
	query := r.URL.Query()
	ask := viewing.FrameRequest{
		Generation: whole(query, "g"),
		MaxW:       int(whole(query, "w")),
		MaxH:       int(whole(query, "h")),
		Lossless:   query.Get("q") == "rest",
		Step:       step(query),
	}
	if query.Get("view") == "preview" {
		if ask.Plan, err = s.plan(r.Context(), v.Info().Record.ID, query.Get("draft")); err != nil {
			return err
		}
	}
	answer, err := v.Frame(r.Context(), number, ask)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("X-Frame", strconv.FormatInt(answer.Info.Number, 10))
	h.Set("X-Pts", strconv.FormatInt(answer.Info.PTS, 10))
	h.Set("X-Time", strconv.FormatFloat(answer.Info.Time, 'f', 6, 64))
	h.Set("X-Provisional", strconv.FormatBool(v.Info().Provisional))
	send(w, answer.MIME, answer.Bytes)
	return nil
}

func (s *Shell) serveSound(v *viewing.Viewing, w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	from, errFrom := strconv.ParseFloat(query.Get("from"), 64)
	to, errTo := strconv.ParseFloat(query.Get("to"), 64)
	if errFrom != nil || errTo != nil {
		return ErrBadRequest.With("field", "from")
	}
	samples, err := v.Sound(r.Context(), int(whole(query, "track")), from, to)
	if err != nil {
		return err
	}
	body := make([]byte, 2*len(samples.Data))
	for i, sample := range samples.Data {
		binary.LittleEndian.PutUint16(body[2*i:], uint16(sample)) //nolint:gosec // the bits of a signed sample
	}
	h := w.Header()
	h.Set("X-Rate", strconv.Itoa(samples.Rate))
	h.Set("X-Channels", strconv.Itoa(samples.Channels))
	h.Set("X-From", strconv.FormatFloat(samples.From, 'f', 6, 64))
	send(w, "application/octet-stream", body)
	return nil
}

func (s *Shell) servePage(v *viewing.Viewing, w http.ResponseWriter, r *http.Request) error {
	number, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return ErrBadRequest.With("field", "page")
	}
	page, err := v.Page(r.Context(), number, int(whole(r.URL.Query(), "w")))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("X-Width", strconv.Itoa(page.Width))
	h.Set("X-Height", strconv.Itoa(page.Height))
	send(w, page.MIME, page.Bytes)
	return nil
}

// whole reads a number of the address; what is missing or no number is 0.
func whole(query url.Values, key string) int64 {
	n, err := strconv.ParseInt(query.Get(key), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// step reads how far the next wish will lie from this one: backwards while
// playing in reverse, 0 at rest.
func step(query url.Values) int {
	n, err := strconv.Atoi(query.Get("step"))
	if err != nil {
		return 0
	}
	return max(-maxStep, min(maxStep, n))
}

// maxStep bounds what is decoded ahead, in frames.
const maxStep = 64

func send(w http.ResponseWriter, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) //nolint:gosec // a picture, sound or JSON with its own type; never a page
}

// refuse writes an error as a Problem with a fitting status. The page reads
// the code; the status is for whoever watches the wire.
func refuse(w http.ResponseWriter, err error) {
	p := ProblemOf(err)
	status := http.StatusInternalServerError
	switch {
	case errors.Is(err, viewing.ErrSuperseded):
		status = http.StatusConflict
		w.Header().Set("X-Code", "superseded")
	case errors.Is(err, ErrNotOpen), errors.Is(err, ErrNotSignedIn):
		status = http.StatusForbidden
	case errors.Is(err, ErrLocked):
		status = http.StatusLocked
	case errors.Is(err, viewing.ErrNoViewing), errors.Is(err, viewing.ErrNoFrame), errors.Is(err, viewing.ErrNoPage), errors.Is(err, viewing.ErrNoSound):
		status = http.StatusNotFound
	case errors.Is(err, ErrBadRequest):
		status = http.StatusBadRequest
	case p.Code != fault.Internal && p.Code != ErrPanic.Code():
		status = http.StatusUnprocessableEntity
	}
	body, _ := json.Marshal(p) //nolint:errchkjson // plain strings
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
