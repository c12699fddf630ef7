package preservation

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/emmansun/gmsm/sm3"

	"diaoyue.example/workstation/backend/fault"
)

// The format of a backup is described in docs/formats/backup.md.
const (
	formatName    = "diaoyue-backup"
	formatVersion = 1
	headerFile    = "backup.json"
	readmeFile    = "README.txt"
	objectsDir    = "objects"
	setsDir       = "sets"
	sealFile      = "set.json"
	manifestFile  = "manifest.age"
	databaseFile  = "database.age"
)

//go:embed readme.txt
var readme []byte

// header says whose backup a folder is.
type header struct {
	Format     string   `json:"format"`
	Version    int      `json:"version"`
	Archive    string   `json:"archive"`
	Recipients []string `json:"recipients"`
}

// manifest is what a set holds; it is encrypted.
type manifest struct {
	Format  string            `json:"format"`
	Version int               `json:"version"`
	Archive string            `json:"archive"`
	At      string            `json:"at"`
	LogSize int64             `json:"log_size"`
	LogRoot string            `json:"log_root"`
	Catalog string            `json:"catalog"` // digest of the catalogue
	Change  int64             `json:"change"`  // its newest change
	Files   []stored          `json:"files"`
	Missing []stored          `json:"missing,omitempty"` // damaged when the set was made
	Extras  map[string][]byte `json:"extras"`            // small files of the archive's folder
}

// stored is a file of the vault.
type stored struct {
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Record string `json:"record"`
	SHA256 string `json:"sha256"`
	SM3    string `json:"sm3"`
	Size   int64  `json:"size"`
}

// seal is the part of a set that can be read without a key: enough to see
// whether the encrypted files are whole, and nothing of what they hold.
type seal struct {
	Format  string            `json:"format"`
	Version int               `json:"version"`
	Archive string            `json:"archive"`
	At      string            `json:"at"`
	Sums    map[string]string `json:"sums"` // path in the backup → SHA-256 of the encrypted file
}

// errNotSound: a file of the vault has not the digests it must have.
var errNotSound = errors.New("the file in the vault is not sound")

// writer writes one set.
type writer struct {
	dir        string
	recipients []age.Recipient
	archive    string
	at         time.Time
	sums       map[string]string // of this set
	known      map[string]string // of earlier sets
	now        func() time.Time
	begun      time.Time
	told       func(Progress)
	done       int64
	total      int64
}

// open recognises the folder, or makes it one of backups.
func (b *writer) open(archive string, keys []string) error {
	b.archive, b.sums, b.known = archive, map[string]string{}, map[string]string{}
	h, err := readHeader(b.dir)
	switch {
	case errors.Is(err, ErrNoBackup):
		if h, err = b.found(archive, keys); err != nil {
			return err
		}
	case err != nil:
		return err
	case h.Archive != archive:
		return ErrForeignBackup.With("dir", b.dir)
	}
	if len(keys) == 0 {
		keys = h.Recipients
	}
	if b.recipients, err = recipientsOf(keys); err != nil {
		return err
	}
	if len(keys) > 0 && !slices.Equal(keys, h.Recipients) {
		h.Recipients = keys // of the next sets; older objects stay readable by the older keys
		if err = b.putJSON(headerFile, h); err != nil {
			return err
		}
	}
	sets, err := setsOf(b.dir)
	if err != nil {
		return err
	}
	for _, id := range sets {
		s, err := readSeal(b.dir, id)
		if err != nil {
			return err
		}
		for path, sum := range s.Sums {
			b.known[path] = sum
		}
	}
	return b.sweep()
}

func (b *writer) found(archive string, keys []string) (header, error) {
	h := header{Format: formatName, Version: formatVersion, Archive: archive, Recipients: keys}
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		return h, errors.Join(ErrUnreadable.With("path", b.dir), err)
	}
	for _, e := range entries {
		if e.Name() != "lost+found" && e.Name() != readmeFile {
			return h, ErrForeignBackup.With("dir", b.dir)
		}
	}
	if _, err := recipientsOf(keys); err != nil {
		return h, err
	}
	if err := b.put(readmeFile, readme); err != nil {
		return h, err
	}
	return h, b.putJSON(headerFile, h)
}

// sweep removes what writing that was cut short left.
func (b *writer) sweep() error {
	return filepath.WalkDir(b.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return errors.Join(ErrUnreadable.With("path", path), err)
		}
		if e.Type().IsRegular() && strings.HasSuffix(path, ".part") {
			return os.Remove(path) //nolint:gosec // G122: a folder of ours; at worst a file named .part is removed
		}
		return nil
	})
}

// object puts a file of the vault into the folder, once.
func (b *writer) object(ctx context.Context, d *Desk, f stored) (added bool, err error) {
	path := objectPath(f.SHA256)
	b.tell(StepFiles, 0)
	sum, err := digestFile(ctx, filepath.Join(b.dir, path), b.known[path] != "")
	if err == nil {
		// Written by an earlier set, or by this one before it was interrupted:
		// a file gets its name only when it is whole.
		if b.known[path] != "" {
			sum = b.known[path]
		}
		b.sums[path] = sum
		b.tell(StepFiles, f.Size)
		return false, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return false, errors.Join(ErrUnreadable.With("path", path), err)
	}
	var src *os.File
	if f.Kind == KindOriginal {
		src, err = d.cfg.Vault.Original(f.ID)
	} else {
		src, err = d.cfg.Vault.Candidate(f.ID)
	}
	if err != nil {
		return false, fmt.Errorf("%w: %w", errNotSound, err)
	}
	defer src.Close()
	before := b.done
	two, three := sha256.New(), sm3.New()
	err = b.encrypt(ctx, path, func(w io.Writer) error {
		if err = digestTo(w, two, three, stoppable{ctx, src}, func(n int) { b.tell(StepFiles, int64(n)) }); err != nil {
			return err
		}
		if hexOf(two) != f.SHA256 || hexOf(three) != f.SM3 {
			return errNotSound
		}
		return nil
	})
	b.done = before + f.Size
	return err == nil, err
}

// digestTo copies src to w and both digests.
func digestTo(w io.Writer, two, three hash.Hash, src io.Reader, told func(int)) error {
	buf := make([]byte, 1<<20)
	for {
		n, err := io.ReadFull(src, buf)
		if n > 0 {
			two.Write(buf[:n])
			three.Write(buf[:n])
			if _, failed := w.Write(buf[:n]); failed != nil {
				return failed
			}
			told(n)
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// finish writes database and manifest, and last the seal: a set without one is
// no set.
func (b *writer) finish(ctx context.Context, plain string, m manifest) (string, error) {
	id := b.at.UTC().Format("20060102T150405.000Z")
	dir := filepath.Join(setsDir, id)
	b.tell(StepDatabase, 0)
	db, err := os.Open(plain)
	if err != nil {
		return "", fmt.Errorf("open copy of database: %w", err)
	}
	defer db.Close()
	if err := b.encrypt(ctx, filepath.Join(dir, databaseFile), func(w io.Writer) error {
		_, err := io.Copy(w, stoppable{ctx, db})
		return err
	}); err != nil {
		return "", err
	}
	if err := b.encrypt(ctx, filepath.Join(dir, manifestFile), func(w io.Writer) error { return json.NewEncoder(w).Encode(m) }); err != nil {
		return "", err
	}
	s := seal{Format: formatName, Version: formatVersion, Archive: b.archive, At: m.At, Sums: b.sums}
	return id, b.putJSON(filepath.Join(dir, sealFile), s)
}

// encrypt writes a new file of the backup, makes it durable, reads it back,
// and only then gives it its name.
func (b *writer) encrypt(ctx context.Context, path string, write func(io.Writer) error) error {
	h := sha256.New()
	err := b.create(path, func(f io.Writer) error {
		buffered := bufio.NewWriterSize(io.MultiWriter(f, h), 1<<20)
		w, err := age.Encrypt(buffered, b.recipients...)
		if err != nil {
			return err
		}
		if err := write(w); err != nil {
			return err
		}
		return errors.Join(w.Close(), buffered.Flush())
	}, func(part string) error {
		got, err := digestFile(ctx, part, false)
		if err == nil && got != hexOf(h) {
			err = ErrBackupDamaged.With("name", path)
		}
		return err
	})
	if err == nil {
		b.sums[filepath.ToSlash(path)] = hexOf(h)
	}
	return err
}

func (b *writer) putJSON(path string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return b.put(path, append(text, '\n'))
}

func (b *writer) put(path string, text []byte) error {
	return b.create(path, func(w io.Writer) error { _, err := w.Write(text); return err }, func(part string) error {
		got, err := os.ReadFile(part)
		if err == nil && !bytes.Equal(got, text) {
			err = ErrBackupDamaged.With("name", path)
		}
		return err
	})
}

func (b *writer) create(path string, write func(io.Writer) error, readBack func(part string) error) error {
	full := filepath.Join(b.dir, path)
	if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
		return errors.Join(ErrUnreadable.With("path", path), err)
	}
	part := full + ".part"
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return errors.Join(ErrUnreadable.With("path", path), err)
	}
	if err = errors.Join(write(f), f.Sync(), f.Close()); err == nil {
		err = readBack(part)
	}
	if err == nil {
		err = os.Rename(part, full)
	}
	if err != nil {
		_ = os.Remove(part)
		if fault.Code(err) == fault.Internal && !errors.Is(err, errNotSound) && !errors.Is(err, context.Canceled) {
			err = errors.Join(ErrUnreadable.With("path", path), err)
		}
		return err
	}
	// Each new folder, too, must survive a power cut.
	for dir := filepath.Dir(full); ; dir = filepath.Dir(dir) {
		if err := syncDir(dir); err != nil {
			return errors.Join(ErrUnreadable.With("path", path), err)
		}
		if dir == b.dir || len(dir) <= len(b.dir) {
			return nil
		}
	}
}

func (b *writer) tell(step string, n int64) {
	b.done += n
	if b.told == nil {
		return
	}
	p := Progress{Step: step, Done: b.done, Total: b.total, Remaining: -1}
	if spent := b.now().Sub(b.begun).Seconds(); spent > 0 && b.done > 0 {
		p.Remaining = spent / float64(b.done) * float64(max(b.total-b.done, 0))
	}
	b.told(p)
}

func objectPath(sha256 string) string {
	return objectsDir + "/" + sha256[:2] + "/" + sha256 + ".age"
}

// digestFile returns the SHA-256 of a file; there only says that it exists.
func digestFile(ctx context.Context, path string, there bool) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if there {
		return "", nil
	}
	h := sha256.New()
	if _, err := io.Copy(h, stoppable{ctx, f}); err != nil {
		return "", err
	}
	return hexOf(h), nil
}

func hexOf(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

func readHeader(dir string) (header, error) {
	var h header
	err := readJSON(filepath.Join(dir, headerFile), &h)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return h, ErrNoBackup.With("dir", dir)
	case err != nil || h.Format != formatName || h.Version != formatVersion || h.Archive == "":
		return h, errors.Join(ErrForeignBackup.With("dir", dir), err)
	}
	for _, key := range h.Recipients { // which carry a checksum
		if _, err := age.ParseX25519Recipient(key); err != nil {
			return h, errors.Join(ErrBackupDamaged.With("name", headerFile), err)
		}
	}
	return h, nil
}

var setForm = regexp.MustCompile(`^\d{8}T\d{6}\.\d{3}Z$`)

// setsOf lists the finished sets of a folder, oldest first.
func setsOf(dir string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(dir, setsDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(ErrUnreadable.With("path", dir), err)
	}
	var out []string
	for _, e := range entries {
		if _, err := os.Stat(filepath.Join(dir, setsDir, e.Name(), sealFile)); err == nil && setForm.MatchString(e.Name()) {
			out = append(out, e.Name())
		}
	}
	return out, nil
}

func readSeal(dir, set string) (seal, error) {
	var s seal
	if !setForm.MatchString(set) {
		return s, ErrNoBackup.With("dir", dir)
	}
	path := filepath.Join(setsDir, set, sealFile)
	err := readJSON(filepath.Join(dir, path), &s)
	if errors.Is(err, fs.ErrNotExist) {
		return s, ErrNoBackup.With("dir", dir)
	}
	if err != nil || s.Format != formatName || s.Version != formatVersion {
		return s, errors.Join(ErrBackupDamaged.With("name", path), err)
	}
	return s, nil
}

// maxJSON bounds what is read of a foreign file at once.
const maxJSON = 1 << 30

// readJSON reads what putJSON wrote, and takes nothing else: a bit that flipped
// in the name of a field, or between two, is a damage too.
func readJSON(path string, into any) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxJSON))
	if err != nil {
		return err
	}
	if err = json.Unmarshal(text, into); err != nil {
		return err
	}
	again, err := json.MarshalIndent(into, "", "  ")
	if err == nil && !bytes.Equal(append(again, '\n'), text) {
		err = errOtherText
	}
	return err
}

// errOtherText: a small file of the backup is not as it was written.
var errOtherText = errors.New("the file is not as it was written")

func coding(err error) string { return fault.Code(err) }
