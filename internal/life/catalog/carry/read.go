package carry

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/seal"
)

// Bundle is a revision that was read and verified.
type Bundle struct {
	Manifest
	Contents map[string][]byte // by path
}

// Read verifies a bundle against the keys that are trusted and reads it. Nothing
// of it is believed before the signature has been checked. Errors: Unreadable for
// what is no bundle or is damaged, Forbidden for a signature of somebody else,
// Invalid and TooLarge for a bundle that Write would not write.
func Read(file []byte, trusted []ed25519.PublicKey) (Bundle, error) {
	return read(file, PayloadType, trusted)
}

// ReadRules verifies what WriteRules wrote and reads it. Errors are those of Read.
func ReadRules(file []byte, trusted ...ed25519.PublicKey) (Bundle, error) {
	return read(file, RulesType, trusted)
}

// KeyOf returns the public key, as PEM, that a file of WriteRules says it is signed
// by. Nothing is verified: it is for whoever meets a server for the first time, and
// reads the file by this key afterwards. Errors: Unreadable.
func KeyOf(file []byte) (string, error) {
	z, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		return "", broken("the beginning", err)
	}
	envelope, err := entry(tar.NewReader(io.LimitReader(z, maxManifest+4096)), manifestEntry, maxManifest)
	if err != nil {
		return "", err
	}
	payload, err := seal.UnverifiedDSSE(envelope)
	if err != nil {
		return "", err
	}
	var m Manifest
	if err := json.Unmarshal(payload, &m); err != nil || m.Key == "" {
		return "", broken(manifestEntry, err)
	}
	return m.Key, nil
}

func read(file []byte, kind string, trusted []ed25519.PublicKey) (Bundle, error) {
	if len(file) > MaxFile {
		return Bundle{}, core.Errorf(core.TooLarge, "The governance bundle is %d bytes long; at most %d are read.", len(file), MaxFile)
	}
	raw := bytes.NewReader(file)
	z, err := gzip.NewReader(raw)
	if err != nil {
		return Bundle{}, &core.Error{Code: core.Unreadable, Msg: "This is no governance bundle.", Hint: "Make one with: paddock governance bundle.", Err: err}
	}
	z.Multistream(false)
	// Headers take some room too; what comes after is never looked at.
	in := tar.NewReader(io.LimitReader(z, maxTotal+maxManifest+maxFiles*4096))
	envelope, err := entry(in, manifestEntry, maxManifest)
	if err != nil {
		return Bundle{}, err
	}
	payload, err := verify(envelope, kind, trusted)
	if err != nil {
		return Bundle{}, err
	}
	m, err := readManifest(payload)
	if err != nil {
		return Bundle{}, err
	}
	b := Bundle{Manifest: m, Contents: make(map[string][]byte, len(m.Files))}
	for _, f := range m.Files {
		if b.Contents[f.Path], err = content(in, f); err != nil {
			return Bundle{}, err
		}
	}
	if err := ended(in, z); err != nil {
		return Bundle{}, err
	}
	if raw.Len() > 0 {
		return Bundle{}, core.Errorf(core.Invalid, "Something follows the end of the governance bundle.")
	}
	return b, nil
}

// verify checks who signed the list, and returns it.
func verify(envelope []byte, want string, trusted []ed25519.PublicKey) ([]byte, error) {
	for _, key := range trusted {
		kind, payload, err := seal.VerifyDSSEWith(key, envelope)
		if core.CodeOf(err) == core.Forbidden {
			continue
		}
		if err != nil {
			return nil, err
		}
		if kind != want {
			return nil, core.Errorf(core.Invalid, "What is signed in this file is %.80q, not a governance bundle.", kind)
		}
		return payload, nil
	}
	return nil, core.Errorf(core.Forbidden, "The governance bundle is not signed by a key that this site trusts (%d keys).", len(trusted)).
		Hinted("Get keys/signing.pub of the site that made it, by a way that you trust. Name it in governance_keys.")
}

// entry reads the next entry, which must have this name.
func entry(in *tar.Reader, name string, most int64) ([]byte, error) {
	h, err := in.Next()
	if err != nil {
		return nil, broken(name, err)
	}
	switch {
	case h.Name != name:
		return nil, core.Errorf(core.Invalid, "The governance bundle has %.120q where %q should be.", h.Name, name)
	case h.Typeflag != tar.TypeReg:
		return nil, core.Errorf(core.Invalid, "The governance bundle has a link or a special file where a plain file should be.").At(name)
	case h.Size > most:
		return nil, core.Errorf(core.TooLarge, "The entry is %d bytes long; at most %d are read.", h.Size, most).At(name)
	}
	b, err := io.ReadAll(io.LimitReader(in, most))
	if err != nil {
		return nil, broken(name, err)
	}
	return b, nil
}

// content reads a file, which must be the one that is signed.
func content(in *tar.Reader, f File) ([]byte, error) {
	b, err := entry(in, treeEntry+f.Path, f.Size)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(b); int64(len(b)) != f.Size || hex.EncodeToString(sum[:]) != f.SHA256 {
		return nil, core.Errorf(core.Invalid, "The file is not the one that was signed.").Hinted("The bundle was changed or damaged. Fetch it again.").At(f.Path)
	}
	return b, nil
}

// ended demands that nothing follows the last file.
func ended(in *tar.Reader, z io.Reader) error {
	if h, err := in.Next(); err == nil {
		return core.Errorf(core.Invalid, "The governance bundle holds %.120q, which is not signed.", h.Name)
	} else if !errors.Is(err, io.EOF) {
		return broken("the end", err)
	}
	if _, err := io.CopyN(io.Discard, z, 64<<10); !errors.Is(err, io.EOF) {
		if err != nil {
			return broken("the end", err) // the checksum at the very end
		}
		return core.Errorf(core.Invalid, "Something follows the end of the governance bundle.")
	}
	return nil
}

func broken(where string, err error) error {
	return &core.Error{Code: core.Unreadable, Msg: "The governance bundle breaks off or is damaged.", Hint: "Fetch it again.", Field: where, Err: err}
}
