package desktop

import (
	"context"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/logger"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/runtime"

	"diaoyue.example/workstation/frontend"
)

// Run opens the window on the shell's archive and returns when it is closed or
// ctx ends. Viewings and archive are closed before it returns.
func Run(ctx context.Context, s *Shell, icon []byte) error {
	w, err := shellWords()
	if err != nil {
		return err
	}
	built, err := fs.Sub(frontend.Assets, "dist")
	if err != nil {
		return err
	}
	defer s.Close()
	return wails.Run(&options.App{
		Title:       w.Title,
		Width:       1366, // the smallest screen in use; it starts maximised
		Height:      728,
		MinWidth:    1280,
		MinHeight:   690,
		AssetServer: &assetserver.Options{Assets: built, Handler: s.Handler(), Middleware: Strict},
		// Wails' own single instance needs a session bus and asks too late: the
		// archive's lock file decides who may open it.
		Linux:              &linux.Options{WebviewGpuPolicy: gpuPolicy(), ProgramName: "diaoyue", Icon: icon},
		WindowStartState:   options.Maximised,
		Bind:               s.Faces(),
		ErrorFormatter:     FormatError,
		LogLevelProduction: logger.ERROR,
		OnStartup: func(wailsContext context.Context) {
			// A failure to open is a state that the page shows, not an end.
			_ = s.Start(wailsContext, &window{ctx: wailsContext, words: w})
			go func() {
				<-ctx.Done()
				runtime.Quit(wailsContext)
			}()
		},
		OnDomReady: func(context.Context) { go keepSignals(ctx) },
		OnBeforeClose: func(context.Context) bool {
			s.Close()
			return false
		},
		OnShutdown: func(context.Context) { s.Close() },
	})
}

// keepSignals puts Go's signal stack back under WebKit's handlers for as long
// as the page starts up: JavaScriptCore installs its own late, and a nil
// dereference that meets one without SA_ONSTACK ends the program.
func keepSignals(ctx context.Context) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for range 50 {
		runtime.ResetSignalHandlers()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// gpuPolicy: without a render node, WebKit's accelerated path draws in
// software and costs five times as much; left unset, Wails takes "always".
func gpuPolicy() linux.WebviewGpuPolicy {
	nodes, err := filepath.Glob("/dev/dri/renderD*")
	if err != nil || len(nodes) == 0 {
		return linux.WebviewGpuPolicyNever
	}
	return linux.WebviewGpuPolicyOnDemand
}

// window is the host that people see.
type window struct {
	ctx   context.Context //nolint:containedctx // Wails gives it once, every call of its runtime wants it
	words words
}

func (w *window) Emit(event string, data any) { runtime.EventsEmit(w.ctx, event, data) }

func (w *window) ChooseFiles(_ context.Context, title string) ([]string, error) {
	if title == "" {
		title = w.words.ChooseFiles
	}
	return runtime.OpenMultipleFilesDialog(w.ctx, runtime.OpenDialogOptions{Title: title})
}

func (w *window) ChooseFolder(_ context.Context, title string) (string, error) {
	if title == "" {
		title = w.words.ChooseFolder
	}
	return runtime.OpenDirectoryDialog(w.ctx, runtime.OpenDialogOptions{Title: title, CanCreateDirectories: true})
}
