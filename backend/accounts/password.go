package accounts

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"diaoyue.example/workstation/backend/fault"
)

// ErrPassword says that a password is too short or too long. Parameters
// "min", "max" (characters).
var ErrPassword = fault.New("accounts.password", "the password is too short or too long")

// Bounds of a password, in characters.
const (
	minPassword = 8
	maxPassword = 256
)

// CheckPassword returns ErrPassword unless the password has 8 to 256
// characters.
func CheckPassword(password string) error {
	if n := utf8.RuneCountInString(password); n < minPassword || n > maxPassword || !utf8.ValidString(password) {
		return ErrPassword.With("min", strconv.Itoa(minPassword), "max", strconv.Itoa(maxPassword))
	}
	return nil
}

// Argon is the cost of one argon2id computation.
type Argon struct {
	MemoryKiB uint32
	Time      uint32
	Threads   uint8
}

// String writes the cost as a PHC string does.
func (a Argon) String() string {
	return fmt.Sprintf("m=%d,t=%d,p=%d", a.MemoryKiB, a.Time, a.Threads)
}

// CheapForTests is a cost that protects nothing, so that tests with many
// accounts stay quick. Nothing but a test may ask for it.
func CheapForTests() Argon { return Argon{MemoryKiB: 64, Time: 1, Threads: 1} }

const (
	saltSize = 16
	hashSize = 32
)

// hash returns the password's PHC string.
func (d *Desk) hash(cost Argon, password string) string {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails
	sum := d.argon(cost, password, salt)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$%s$%s$%s", argon2.Version, cost, b64.EncodeToString(salt), b64.EncodeToString(sum))
}

// matches reports whether the password is that of the PHC string. For an
// empty string, as for a number nobody has, it costs as much and is false.
func (d *Desk) matches(usual Argon, phc, password string) bool {
	cost, salt, want, ok := parsePHC(phc)
	if !ok {
		d.argon(usual, password, make([]byte, saltSize))
		return false
	}
	return subtle.ConstantTimeCompare(d.argon(cost, password, salt), want) == 1
}

func (d *Desk) argon(cost Argon, password string, salt []byte) []byte {
	d.hashing.Lock()
	defer d.hashing.Unlock()
	// The same characters, however the input method composed them.
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, cost.Time, cost.MemoryKiB, cost.Threads, hashSize)
}

// parsePHC reads $argon2id$v=19$m=…,t=…,p=…$salt$hash and refuses costs that
// would only serve to stop the machine.
func parsePHC(phc string) (cost Argon, salt, sum []byte, ok bool) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return Argon{}, nil, nil, false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &cost.MemoryKiB, &cost.Time, &cost.Threads); err != nil {
		return Argon{}, nil, nil, false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	sum, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	ok = err1 == nil && err2 == nil && len(sum) == hashSize && len(salt) >= 8 &&
		cost.MemoryKiB <= 1<<20 && cost.Time >= 1 && cost.Time <= 16 && cost.Threads >= 1
	return cost, salt, sum, ok
}
