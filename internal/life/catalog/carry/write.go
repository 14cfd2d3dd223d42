package carry

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
)

// The names of the entries of the archive.
const (
	manifestEntry = "paddock-governance.json"
	treeEntry     = "tree/"
)

// Signer signs in the name of the installation.
type Signer interface {
	Installation() string
	PublicPEM() string
	SignDSSE(payloadType string, payload []byte) ([]byte, error)
}

// Write writes a revision's files as a bundle. commit is where they come from,
// policy the revision of their rules. Errors: Invalid and TooLarge for what no
// reader would take.
func Write(w io.Writer, commit, policy string, files map[string][]byte, sign Signer) error {
	return write(w, PayloadType, Manifest{Commit: commit, PolicyRevision: policy}, files, sign)
}

// WriteRules writes what checking an app needs of a revision: files as
// catalog.Public gives them. Of m the revision, the app and the halted rules are
// taken. Errors are those of Write.
func WriteRules(w io.Writer, m Manifest, files map[string][]byte, sign Signer) error {
	return write(w, RulesType, m, files, sign)
}

func write(w io.Writer, kind string, m Manifest, files map[string][]byte, sign Signer) error {
	m.Installation, m.Key, m.Files = sign.Installation(), sign.PublicPEM(), []File{}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		sum := sha256.Sum256(files[path])
		m.Files = append(m.Files, File{Path: path, Size: int64(len(files[path])), SHA256: hex.EncodeToString(sum[:])})
	}
	if err := m.check(); err != nil {
		return err
	}
	payload, err := json.Marshal(m)
	if err != nil {
		return core.Hidden("Writing the governance bundle", err)
	}
	envelope, err := sign.SignDSSE(kind, payload)
	if err != nil {
		return err
	}
	z := gzip.NewWriter(w)
	t := tar.NewWriter(z)
	entry := func(name string, b []byte) {
		if err == nil {
			err = t.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(b)), Typeflag: tar.TypeReg, Format: tar.FormatPAX})
		}
		if err == nil {
			_, err = t.Write(b)
		}
	}
	entry(manifestEntry, envelope)
	for _, f := range m.Files {
		entry(treeEntry+f.Path, files[f.Path])
	}
	if err == nil {
		err = t.Close()
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		return core.Hidden("Writing the governance bundle", err)
	}
	return nil
}
