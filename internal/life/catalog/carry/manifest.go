package carry

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/paddock-dev/paddock/internal/core"
)

// PayloadType is the type of the signed list, and RulesType that of rules for
// checking alone: these are never taken for a revision.
const (
	PayloadType = "application/vnd.paddock.governance.v1+json"
	RulesType   = "application/vnd.paddock.rules.v1+json"
)

// The bounds of a governance bundle.
const (
	MaxFile     = 64 << 20 // bytes of the archive as it is sent
	maxFiles    = 20000
	maxOne      = 1 << 20   // bytes of one file
	maxTotal    = 128 << 20 // bytes of all files
	maxPath     = 512
	maxManifest = 8 << 20
)

// Manifest is what is signed: the revision, and its files.
type Manifest struct {
	Commit         string `json:"commit"`          // of the governance repository at home
	PolicyRevision string `json:"policy_revision"` // as decisions name it
	Installation   string `json:"installation"`    // who made the bundle
	Key            string `json:"key"`             // public half of the key that signs, as PEM
	Files          []File `json:"files"`           // sorted by path

	App    string   `json:"app,omitempty"`    // of rules for checking: whose exemptions are among them
	Halted []string `json:"halted,omitempty"` // and the rules that only warn, because they would have blocked too many apps
}

// File is one file of a revision.
type File struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // 64 hex digits
}

var (
	commitForm = regexp.MustCompile(`^[0-9a-f]{40}([0-9a-f]{24})?$`)
	digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// readManifest reads the signed list. What it does not know is a fault.
func readManifest(payload []byte) (Manifest, error) {
	var m Manifest
	dec := json.NewDecoder(bytes.NewReader(payload))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return m, &core.Error{Code: core.Unreadable, Msg: "The list of files in the governance bundle cannot be read.", Hint: "It may be of a newer Paddock. Update this one first.", Err: err}
	}
	if _, err := dec.Token(); err != io.EOF {
		return m, core.Errorf(core.Unreadable, "There is something after the list of files in the governance bundle.")
	}
	return m, m.check()
}

// check finds the first thing that no bundle of ours has.
func (m Manifest) check() error {
	if !commitForm.MatchString(m.Commit) {
		return core.Errorf(core.Invalid, "The governance bundle names the commit %.80q, which is none.", m.Commit)
	}
	if len(m.Files) == 0 || len(m.Files) > maxFiles {
		return core.Errorf(core.TooLarge, "The governance bundle lists %d files; 1 to %d are read.", len(m.Files), maxFiles)
	}
	total, before := int64(0), ""
	for _, f := range m.Files {
		if err := f.check(); err != nil {
			return err
		}
		if f.Path <= before {
			return core.Errorf(core.Invalid, "The governance bundle lists %q twice or out of order.", f.Path)
		}
		before = f.Path
		total += f.Size
	}
	if total > maxTotal {
		return core.Errorf(core.TooLarge, "The files of the governance bundle have %d bytes; at most %d are read.", total, maxTotal)
	}
	return m.nested()
}

func (f File) check() error {
	bad := !fs.ValidPath(f.Path) || f.Path == "." || len(f.Path) > maxPath || !utf8.ValidString(f.Path) ||
		strings.ContainsFunc(f.Path, func(r rune) bool { return r < ' ' || r == 0x7f || r == '"' || r == '\\' || r == ':' })
	for part := range strings.SplitSeq(f.Path, "/") {
		bad = bad || strings.EqualFold(part, ".git") || strings.TrimRight(part, " .") == ""
	}
	switch {
	case bad:
		return core.Errorf(core.Invalid, "The governance bundle lists %.120q, which cannot be the path of a file.", f.Path)
	case f.Size < 0 || f.Size > maxOne:
		return core.Errorf(core.TooLarge, "The file is %d bytes long; at most %d are read.", f.Size, maxOne).At(f.Path)
	case !digestForm.MatchString(f.SHA256):
		return core.Errorf(core.Invalid, "The governance bundle has no digest of the file.").At(f.Path)
	}
	return nil
}

// nested finds a path that is a file and a folder at once.
func (m Manifest) nested() error {
	paths := make([]string, len(m.Files))
	for i, f := range m.Files {
		paths[i] = f.Path
	}
	for _, p := range paths {
		for i := strings.LastIndexByte(p, '/'); i > 0; i = strings.LastIndexByte(p[:i], '/') {
			if _, both := slices.BinarySearch(paths, p[:i]); both {
				return core.Errorf(core.Invalid, "The governance bundle lists %q as a file and as a folder.", p[:i])
			}
		}
	}
	return nil
}
