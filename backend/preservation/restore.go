package preservation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/vault"
)

// RestoreWish says what is restored where.
type RestoreWish struct {
	From         string // the folder of the backup
	Set          string // "" = the newest
	IdentityPath string // the file that NewIdentity made
	To           string // an empty or new folder
	Now          func() time.Time
}

// Restored says what was put back, and the roots computed anew from it.
type Restored struct {
	Archive, Set  string
	At            time.Time // when the set was made
	LogSize       int64
	LogRoot       string
	CatalogDigest string
	Files         int // whole, with both digests
	Bytes         int64
	Missing       []string // originals that were damaged when the set was made
	Equal         bool     // the roots are those that the set was sealed with

	change int64 // the catalogue's newest
}

// Restore puts a set back into an empty folder as an archive that can be
// opened (with the reason of the restore: the log knows that it went back).
// Every file passes the whole discipline of the vault, and its digests must be
// those of the catalogue. It opens no archive and asks nobody: who has key and
// backup has it all. Errors: ErrNoBackup, ErrWrongKey, ErrBadKey,
// ErrBackupDamaged, ErrNotEmpty, ErrUnreadable.
func Restore(ctx context.Context, w RestoreWish, progress func(Progress)) (Restored, error) {
	r, m, err := openSet(ctx, w)
	if err != nil {
		return Restored{}, err
	}
	if err = emptyFolder(w.To); err != nil {
		return Restored{}, err
	}
	r.b = writer{now: w.Now, begun: w.Now(), told: progress}
	for _, f := range m.Files {
		r.b.total += f.Size
	}
	out := Restored{Archive: m.Archive, Set: r.set, At: parseTime(m.At), Missing: []string{}}
	for _, f := range m.Missing {
		out.Missing = append(out.Missing, f.SHA256)
	}
	if err = r.database(ctx, w.To); err != nil {
		return out, err
	}
	for name, text := range m.Extras {
		if err = extra(w.To, name, text); err != nil {
			return out, err
		}
	}
	v, err := vault.Open(w.To)
	if err != nil {
		return out, err
	}
	for _, f := range m.Files {
		if err := r.file(ctx, v, f); err != nil {
			return out, err
		}
		out.Files, out.Bytes = out.Files+1, out.Bytes+f.Size
	}
	r.b.tell(StepComparing, 0)
	if err := out.roots(ctx, w.To); err != nil {
		return out, err
	}
	out.Equal = out.LogSize == m.LogSize && out.LogRoot == m.LogRoot && out.CatalogDigest == m.Catalog
	return out, nil
}

// roots computes the roots of the restored archive from its rows.
func (r *Restored) roots(ctx context.Context, dir string) error {
	path := filepath.Join(dir, databaseName)
	report, err := audit.VerifyFile(ctx, audit.VerifyConfig{Database: path, ArchiveDir: dir}, nil)
	if err != nil {
		return fmt.Errorf("verify restored log: %w", err)
	}
	db, err := store.OpenReadOnly(ctx, path)
	if err != nil {
		return err
	}
	defer db.Close()
	r.LogSize, r.LogRoot = report.Entries, report.Root
	r.CatalogDigest, r.change, err = catalog.Root(ctx, db)
	return err
}

const databaseName = "workstation.db"

// reader reads one set.
type reader struct {
	dir, set string
	seal     seal
	ids      []age.Identity
	b        writer // of progress only
}

func openSet(ctx context.Context, w RestoreWish) (*reader, manifest, error) {
	var m manifest
	head, err := readHeader(w.From)
	if err != nil {
		return nil, m, err
	}
	r := &reader{dir: w.From, set: w.Set}
	if r.set == "" {
		var sets []string
		if sets, err = setsOf(w.From); err != nil {
			return nil, m, err
		}
		if len(sets) == 0 {
			return nil, m, ErrNoBackup.With("dir", w.From)
		}
		r.set = slices.Max(sets)
	}
	if r.seal, err = readSeal(w.From, r.set); err != nil {
		return nil, m, err
	}
	if r.ids, err = identitiesOf(w.IdentityPath); err != nil {
		return nil, m, err
	}
	src, err := r.open(ctx, filepath.Join(setsDir, r.set, manifestFile))
	if err != nil {
		return nil, m, err
	}
	defer src.Close()
	if err := json.NewDecoder(io.LimitReader(src, maxJSON)).Decode(&m); err != nil || m.Format != formatName || m.Version != formatVersion {
		return nil, m, errors.Join(ErrBackupDamaged.With("name", manifestFile), err)
	}
	if head.Archive != m.Archive {
		return nil, m, ErrBackupDamaged.With("name", headerFile)
	}
	if r.seal.Archive != m.Archive || r.seal.At != m.At {
		return nil, m, ErrBackupDamaged.With("name", sealFile)
	}
	return r, m, nil
}

// plain is a decrypted file of the backup.
type plain struct {
	io.Reader
	f *os.File
}

func (p plain) Close() error { return p.f.Close() }

func (r *reader) open(ctx context.Context, path string) (plain, error) {
	f, err := os.Open(filepath.Join(r.dir, path))
	if err != nil {
		return plain{}, errors.Join(ErrBackupDamaged.With("name", filepath.Base(path)), err)
	}
	src, err := age.Decrypt(f, r.ids...)
	if err != nil {
		var none *age.NoIdentityMatchError
		if errors.As(err, &none) && r.whole(ctx, path) {
			return plain{}, errors.Join(ErrWrongKey, err, f.Close())
		}
		return plain{}, errors.Join(ErrBackupDamaged.With("name", filepath.Base(path)), err, f.Close())
	}
	return plain{src, f}, nil
}

// whole reports whether an encrypted file is as it was sealed: a damaged head
// looks like one for another key.
func (r *reader) whole(ctx context.Context, path string) bool {
	want, sealed := r.seal.Sums[filepath.ToSlash(path)]
	got, err := digestFile(ctx, filepath.Join(r.dir, path), false)
	return !sealed || err == nil && got == want
}

func (r *reader) database(ctx context.Context, to string) error {
	r.b.tell(StepDatabase, 0)
	src, err := r.open(ctx, filepath.Join(setsDir, r.set, databaseFile))
	if err != nil {
		return err
	}
	defer src.Close()
	return newFile(filepath.Join(to, databaseName), func(f io.Writer) error {
		if _, err := io.Copy(f, stoppable{ctx, src}); err != nil {
			return errors.Join(ErrBackupDamaged.With("name", databaseFile), err)
		}
		return nil
	})
}

// file puts one file back through the vault.
func (r *reader) file(ctx context.Context, v *vault.Vault, f stored) error {
	name := objectPath(f.SHA256)
	src, err := r.open(ctx, name)
	if err != nil {
		return err
	}
	defer src.Close()
	before := r.b.done
	var got vault.Original
	if f.Kind == KindOriginal {
		got, err = v.Put(ctx, src, f.Size, func(n int64) { r.b.tell(StepFiles, before+n-r.b.done) })
	} else {
		got, err = v.PutCandidate(ctx, f.ID, func(dst *os.File) error {
			_, failed := io.Copy(dst, stoppable{ctx, src})
			return failed
		})
	}
	r.b.tell(StepFiles, before+f.Size-r.b.done)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, vault.ErrVanished):
		return errors.Join(ErrBackupDamaged.With("name", filepath.Base(name)), err)
	case err != nil:
		return err
	case got.SHA256 != f.SHA256 || got.SM3 != f.SM3:
		return ErrBackupDamaged.With("name", filepath.Base(name))
	}
	return nil
}

// extra writes a small file of the archive's folder, of a known place only.
func extra(to, name string, text []byte) error {
	dir, base := filepath.Split(filepath.FromSlash(name))
	if dir != "" && dir != checkpoints+string(filepath.Separator) || !filepath.IsLocal(filepath.FromSlash(name)) || strings.HasPrefix(base, ".") {
		return ErrBackupDamaged.With("name", manifestFile)
	}
	return newFile(filepath.Join(to, dir, base), func(f io.Writer) error { _, err := f.Write(text); return err })
}

func newFile(path string, write func(io.Writer) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return errors.Join(ErrUnreadable.With("path", path), err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return errors.Join(ErrUnreadable.With("path", path), err)
	}
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// emptyFolder makes the folder, or refuses one that holds anything.
func emptyFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return errors.Join(ErrUnreadable.With("path", dir), err)
	}
	for _, e := range entries {
		if e.Name() != "lost+found" {
			return ErrNotEmpty.With("dir", dir)
		}
	}
	return nil
}
