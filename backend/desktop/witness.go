package desktop

import (
	"context"
	"encoding/base64"
	"path/filepath"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
)

// Witness is a checkpoint that left the house.
type Witness struct {
	Seq   int64  `json:"seq"`
	Kind  string `json:"kind"` // print | medium | cosignature
	Size  int64  `json:"size"`
	At    string `json:"at"`
	By    string `json:"by"`
	Place string `json:"place"`
}

// WitnessSheet is a printed witness as it was written to a page.
type WitnessSheet struct {
	Size         int64  `json:"size"`
	Root         string `json:"root"`
	At           string `json:"at"`
	Fingerprint  string `json:"fingerprint"`
	SinceWitness int64  `json:"sinceWitness"`
	QR           string `json:"qr"`   // data URL of the code
	Path         string `json:"path"` // of the page
}

// LogExport is an export of the whole log.
type LogExport struct {
	Path     string `json:"path"`
	Entries  int64  `json:"entries"`
	Size     int64  `json:"size"` // bytes
	Withheld bool   `json:"withheld"`
}

// Witnesses lists the witnesses, newest first.
func (r *Register) Witnesses() ([]Witness, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) ([]Witness, error) {
		all, err := w.Witnesses(ctx, actor)
		return each(all, dtoWitness), err
	})
}

// MakeSheet signs the log and writes the page of a printed witness into dir.
func (r *Register) MakeSheet(dir string) (WitnessSheet, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (WitnessSheet, error) {
		s, path, err := w.SaveWitnessSheet(ctx, actor, dir)
		if err != nil {
			return WitnessSheet{}, err
		}
		return WitnessSheet{
			Size: s.Size, Root: s.Root, At: stamp(s.At), Fingerprint: s.Fingerprint, SinceWitness: s.SinceWitness,
			QR: "data:image/png;base64," + base64.StdEncoding.EncodeToString(s.QR), Path: path,
		}, nil
	})
}

// FileWitness records that a printed sheet was filed.
func (r *Register) FileWitness(size int64, place string) (Witness, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Witness, error) {
		if place == "" {
			if err := w.Accounts.Require(ctx, actor, accounts.LogVerify, nil); err != nil {
				return Witness{}, err
			}
			return Witness{}, ErrBadRequest.With("field", "place")
		}
		made, err := w.Witness(ctx, actor, audit.Witnessing{Kind: audit.WitnessPrint, Size: size, Place: place})
		return dtoWitness(made), err
	})
}

// CarryCheckpoint writes the signed position of the log into dir, a stick,
// and says where it lies.
func (r *Register) CarryCheckpoint(dir string) (string, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (string, error) {
		return w.ExportCheckpoint(ctx, actor, dir)
	})
}

// ExportLog writes the whole log into dir, for somebody who has no archive.
func (r *Register) ExportLog(dir string) (LogExport, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (LogExport, error) {
		name := "diaoyue-log-" + beijing(w.Now()).Format("20060102-150405") + ".jsonl"
		made, err := w.ExportLog(ctx, actor, filepath.Join(dir, name), false, nil)
		return LogExport{Path: made.Path, Entries: made.Entries, Size: made.Size, Withheld: made.Withheld}, err
	})
}

func dtoWitness(w audit.Witness) Witness {
	return Witness{Seq: w.Seq, Kind: w.Kind, Size: w.Size, At: stamp(w.At), By: w.By, Place: w.Place}
}
