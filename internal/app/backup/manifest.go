package backup

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
)

// The files that make a folder a backup.
const (
	noteFile     = "backup.json"   // what it is; written last
	listFile     = "backup.sha256" // every file with its digest, as sha256sum reads it
	databaseFile = store.File
)

// The bounds of what is read from a backup.
const (
	maxNote  = 1 << 20
	maxList  = 4 << 30
	maxPath  = 1024
	maxFiles = 50_000_000
)

// format is the version of this layout.
const format = 1

// Note says what a backup is.
type Note struct {
	Format     int       `json:"format"`
	ID         core.ID   `json:"id"`
	Made       time.Time `json:"made"`   // when it began
	Moment     time.Time `json:"moment"` // what it shows
	Version    string    `json:"version"`
	Engine     string    `json:"engine"` // of the installation; the copy is always SQLite
	Origin     string    `json:"origin"` // the name of the audit log
	Events     int64     `json:"events"` // all events, those that wait for the tree too
	Checkpoint string    `json:"checkpoint"`
	Keys       bool      `json:"keys"` // the secret keys are in it
	Files      int       `json:"files"`
	Bytes      int64     `json:"bytes"`
	List       string    `json:"list_sha256"`
}

// writeManifest writes the list and then the note into the copy.
func writeManifest(root string, n Note, have map[string]entry) (Note, error) {
	var list bytes.Buffer
	n.Files, n.Bytes = len(have), 0
	for _, p := range slices.Sorted(maps.Keys(have)) {
		fmt.Fprintf(&list, "%s  %s\n", have[p].digest, p)
		n.Bytes += have[p].size
	}
	sum := sha256.Sum256(list.Bytes())
	n.List = hex.EncodeToString(sum[:])
	b, err := json.MarshalIndent(n, "", "  ")
	if err != nil {
		return n, core.Hidden("Writing the manifest", err)
	}
	err = os.WriteFile(filepath.Join(root, listFile), list.Bytes(), 0o600)
	if err == nil {
		err = os.WriteFile(filepath.Join(root, noteFile), append(b, '\n'), 0o600)
	}
	return n, fileFault("Writing the manifest", err)
}

// readNote reads a backup's note.
func readNote(root string) (Note, error) {
	var n Note
	b, err := readBounded(filepath.Join(root, noteFile), maxNote)
	if errors.Is(err, fs.ErrNotExist) {
		return n, core.Errorf(core.Unreadable, "%q is no backup: it has no %s.", root, noteFile).
			Hinted("Name the folder or file that paddock backup made. What is named *.unfinished was cut off and is none.")
	}
	if err != nil {
		return n, err
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	if err := dec.Decode(&n); err != nil || n.ID == "" || n.List == "" {
		return n, core.Errorf(core.Unreadable, "The backup's %s cannot be read.", noteFile).Hinted("Use another backup.")
	}
	if n.Format != format {
		return n, core.Errorf(core.Unreadable, "The backup has the format %d; this Paddock reads %d.", n.Format, format).Hinted("Use the Paddock that made it, version %s.", n.Version)
	}
	return n, nil
}

// eachListed reads the list of a backup's files, in order, after holding it
// against the note. Paths are clean and stay inside.
func eachListed(root string, n Note, fn func(digest, p string) error) error {
	b, err := readBounded(filepath.Join(root, listFile), maxList)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(b)
	if hex.EncodeToString(sum[:]) != n.List {
		return damaged("its list of files was changed")
	}
	return parseList(b, fn)
}

// parseList reads lines of sha256sum: 64 digits, two spaces, a path; sorted, no
// path twice.
func parseList(b []byte, fn func(digest, p string) error) error {
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, maxPath+100)
	last := ""
	for count := 0; lines.Scan(); count++ {
		digest, p, ok := strings.Cut(lines.Text(), "  ")
		raw, err := hex.DecodeString(digest)
		if !ok || err != nil || len(raw) != sha256.Size || !safe(p) || p <= last || count >= maxFiles {
			return damaged("a line of its list of files is none: " + shown(lines.Text()))
		}
		last = p
		if err := fn(digest, p); err != nil {
			return err
		}
	}
	if lines.Err() != nil {
		return damaged("a line of its list of files is too long")
	}
	return nil
}

// safe reports whether a path stays inside the folder it is joined to, and is
// no file that says what a backup is.
func safe(p string) bool {
	return p != "" && len(p) <= maxPath && p == path.Clean(p) && filepath.IsLocal(p) && !strings.ContainsAny(p, "\n\r\\\x00") && !isNote(p)
}

func shown(s string) string {
	if len(s) > 80 {
		s = s[:80] + "..."
	}
	return fmt.Sprintf("%q", s)
}

func damaged(what string) *core.Error {
	return core.Errorf(core.Unreadable, "The backup is damaged: %s.", what).Hinted("Use another backup, and look for what changed this one.")
}

// digestFile hashes one file.
func digestFile(file string) (string, int64, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	return hex.EncodeToString(sum.Sum(nil)), n, err
}

func readBounded(file string, limit int64) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return nil, damaged(filepath.Base(file) + " is no plain file of a size that can be")
	}
	return io.ReadAll(io.LimitReader(f, limit))
}
