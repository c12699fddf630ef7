//go:build e2e

package desktop

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"time"
)

//go:embed serve_shim.js
var serveShim []byte

// Serve shows the same faces and the same handler over loopback HTTP, so that
// a browser can drive the program without a window. It exists in the binary
// for end-to-end tests only. It answers nobody who lacks the token of the
// address it prints, and returns when ctx ends.
func Serve(ctx context.Context, s *Shell, addr string, assets fs.FS, out io.Writer) error {
	if _, err := fs.Stat(assets, "index.html"); err != nil {
		return fmt.Errorf("serve: the interface is not built (make build): %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	token := make([]byte, 24)
	if _, err := rand.Read(token); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	gate := &gatekeeper{
		token:  hex.EncodeToString(token),
		cookie: fmt.Sprintf("diaoyue_%d", listener.Addr().(*net.TCPAddr).Port),
	}
	page := &browser{watchers: map[chan []byte]bool{}}
	if err := s.Start(ctx, page); err != nil {
		return err
	}
	defer s.Close()

	mux := http.NewServeMux()
	mux.HandleFunc("POST /__rpc/{package}/{face}/{method}", s.call)
	mux.HandleFunc("GET /__events", page.watch)
	mux.HandleFunc("POST /__dialog", page.dialog)
	mux.HandleFunc("GET /__shim.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = w.Write(serveShim)
	})
	mux.Handle("/viewings/", s.Handler())
	mux.Handle("/", spa(assets))
	server := &http.Server{
		Handler:           gate.admit(Strict(mux)),
		ReadHeaderTimeout: 10 * time.Second,
	}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	_, _ = fmt.Fprintf(out, "http://%s/?t=%s\n", listener.Addr(), gate.token)
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// gatekeeper lets in only who knows the token: by the first address, by the
// cookie that the first answer sets, or by a header.
type gatekeeper struct{ token, cookie string }

func (g *gatekeeper) admit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		shown := r.URL.Query().Get("t")
		if c, err := r.Cookie(g.cookie); shown == "" && err == nil {
			shown = c.Value
		}
		if h := r.Header.Get("X-Token"); shown == "" {
			shown = h
		}
		if subtle.ConstantTimeCompare([]byte(shown), []byte(g.token)) != 1 {
			http.Error(w, "forbidden", http.StatusForbidden)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: g.cookie, Value: g.token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode}) //nolint:gosec // loopback without TLS, end-to-end tests only
		next.ServeHTTP(w, r)
	})
}

// spa serves the built interface; index.html gets the stand-in for the
// window's own scripts.
func spa(assets fs.FS) http.Handler {
	files := http.FileServerFS(assets)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if r.URL.Path != "/" {
			files.ServeHTTP(w, r)
			return
		}
		index, err := fs.ReadFile(assets, "index.html")
		if err != nil {
			http.Error(w, "not built", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(bytes.Replace(index, []byte("<head>"), []byte(`<head><script src="/__shim.js"></script>`), 1))
	})
}

// call does what the window's bridge does: the method of the named face with
// the arguments of a JSON array.
func (s *Shell) call(w http.ResponseWriter, r *http.Request) {
	method, ok := s.method(r.PathValue("package"), r.PathValue("face"), r.PathValue("method"))
	if !ok {
		http.Error(w, "no such method", http.StatusNotFound)
		return
	}
	var raw []json.RawMessage
	if err := json.NewDecoder(io.LimitReader(r.Body, 16<<20)).Decode(&raw); err != nil || len(raw) != method.Type().NumIn() {
		http.Error(w, "wrong arguments", http.StatusBadRequest)
		return
	}
	in := make([]reflect.Value, len(raw))
	for i := range raw {
		arg := reflect.New(method.Type().In(i))
		if err := json.Unmarshal(raw[i], arg.Interface()); err != nil {
			http.Error(w, "wrong arguments", http.StatusBadRequest)
			return
		}
		in[i] = arg.Elem()
	}
	var answer struct {
		Result any `json:"result"`
		Error  any `json:"error"`
	}
	for _, out := range method.Call(in) {
		if err, isErr := out.Interface().(error); isErr {
			answer.Error = ProblemOf(err)
		} else if !out.Type().Implements(reflect.TypeFor[error]()) {
			answer.Result = out.Interface()
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(answer)
}

func (s *Shell) method(pkg, face, name string) (reflect.Value, bool) {
	for _, f := range s.Faces() {
		v := reflect.ValueOf(f)
		if v.Type().Elem().String() == pkg+"."+face {
			m := v.MethodByName(name)
			return m, m.IsValid()
		}
	}
	return reflect.Value{}, false
}

// browser is the host in serve mode: events go out as server-sent events, and
// the test says beforehand what the next dialog answers.
type browser struct {
	mu       sync.Mutex
	watchers map[chan []byte]bool
	chosen   []string
}

func (b *browser) Emit(event string, data any) {
	line, err := json.Marshal(map[string]any{"name": event, "data": data})
	if err != nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for w := range b.watchers {
		select {
		case w <- line:
		default: // a page that does not read its events loses them, as a closed window would
		}
	}
}

func (b *browser) ChooseFiles(context.Context, string) ([]string, error) { return b.take(), nil }

func (b *browser) ChooseFolder(context.Context, string) (string, error) {
	return strings.Join(b.take(), ""), nil
}

func (b *browser) take() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	chosen := b.chosen
	b.chosen = nil
	return chosen
}

func (b *browser) dialog(w http.ResponseWriter, r *http.Request) {
	var paths []string
	if err := json.NewDecoder(r.Body).Decode(&paths); err != nil {
		http.Error(w, "wrong arguments", http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	b.chosen = paths
	b.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

func (b *browser) watch(w http.ResponseWriter, r *http.Request) {
	lines := make(chan []byte, 256)
	b.mu.Lock()
	b.watchers[lines] = true
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		delete(b.watchers, lines)
		b.mu.Unlock()
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flush := http.NewResponseController(w)
	_ = flush.Flush()
	for {
		select {
		case <-r.Context().Done():
			return
		case line := <-lines:
			if _, err := fmt.Fprintf(w, "data: %s\n\n", line); err != nil {
				return
			}
			_ = flush.Flush()
		}
	}
}
