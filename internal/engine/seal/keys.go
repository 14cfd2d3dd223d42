package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/paddock-dev/paddock/internal/core"
)

const (
	keySize  = 32
	header   = "paddock keyring 1"
	maxBytes = 4 << 10 // of the keyring file; the real one has about 400 bytes
)

// keys is what the keyring file holds. Every key is independent of the others.
type keys struct {
	installation string        // 16 hexadecimal digits
	master       [keySize]byte // sealing keys are derived from it, one per purpose
	signing      [keySize]byte // Ed25519 seed: evidence
	audit        [keySize]byte // Ed25519 seed: audit log
	mac          [keySize]byte // fingerprints and token hashes
	witness      [keySize]byte // Ed25519 seed: checkpoints of other logs
}

// String hides the keys from every way of printing.
func (keys) String() string { return "[keys]" }

// GoString hides the keys from every way of printing.
func (keys) GoString() string { return "[keys]" }

func newKeys(random io.Reader) (keys, error) {
	var k keys
	var id [8]byte
	for _, b := range [][]byte{id[:], k.master[:], k.signing[:], k.audit[:], k.mac[:], k.witness[:]} {
		if _, err := io.ReadFull(random, b); err != nil {
			return keys{}, err
		}
	}
	k.installation = hex.EncodeToString(id[:])
	return k, nil
}

// encode writes the file's text: a header, one line per key and a checksum
// over all lines before it, which tells a torn file from a whole one.
func (k keys) encode() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\ninstallation %s\n", header, k.installation)
	for _, l := range k.lines() {
		fmt.Fprintf(&b, "%s %s\n", l.name, base64.StdEncoding.EncodeToString(l.key[:]))
	}
	sum := sha256.Sum256(b.Bytes())
	fmt.Fprintf(&b, "sum %x\n", sum)
	return b.Bytes()
}

type line struct {
	name string
	key  *[keySize]byte
}

func (k *keys) lines() []line {
	return []line{{"master", &k.master}, {"signing", &k.signing}, {"audit", &k.audit}, {"mac", &k.mac}, {"witness", &k.witness}}
}

// decode reads the file's text. Its errors never quote the text.
func decode(text []byte) (keys, error) {
	var k keys
	parts := strings.Split(string(text), "\n")
	if len(parts) != 9 || parts[8] != "" {
		return k, torn("it has %d lines; want 8", len(parts)-1)
	}
	if parts[0] != header {
		return k, torn("its first line is not %q", header)
	}
	body := text[:len(text)-len(parts[7])-1]
	if sum := sha256.Sum256(body); parts[7] != fmt.Sprintf("sum %x", sum) {
		return k, torn("its checksum does not match")
	}
	id, ok := strings.CutPrefix(parts[1], "installation ")
	if raw, err := hex.DecodeString(id); !ok || err != nil || len(raw) != 8 {
		return k, torn("line 2 is not an installation")
	}
	k.installation = id
	for i, l := range k.lines() {
		value, ok := strings.CutPrefix(parts[i+2], l.name+" ")
		raw, err := base64.StdEncoding.Strict().DecodeString(value)
		if !ok || err != nil || len(raw) != keySize {
			return keys{}, torn("line %d is not the %s key", i+3, l.name)
		}
		copy(l.key[:], raw)
	}
	return k, nil
}

func torn(format string, args ...any) *core.Error {
	return core.Errorf(core.Unreadable, "The keyring file is damaged: "+format+".", args...).
		Hinted("Put back the keyring file from your backup. Do not delete it: sealed secrets need it.")
}

// source is a randomness source that several goroutines may read.
type source struct {
	mu sync.Mutex
	r  io.Reader
}

// Read fills b from the source.
func (s *source) Read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return io.ReadFull(s.r, b)
}
