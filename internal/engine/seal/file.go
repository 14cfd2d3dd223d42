package seal

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/paddock-dev/paddock/internal/core"
)

// The files of a keyring folder.
const (
	keyringFile = "keyring"
	signingFile = "signing.pub"
	auditFile   = "audit.vkey"
	witnessFile = "witness.vkey"
	outsideFile = "outside.pub"
)

// prepare makes dir, or refuses one that others may read.
func prepare(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return core.Errorf(core.Unavailable, "The key folder %s cannot be made: %w.", dir, err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return core.Errorf(core.Unavailable, "The key folder %s cannot be read: %w.", dir, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return tooOpen(dir, info.Mode().Perm(), 0o700)
	}
	return nil
}

func tooOpen(path string, have, want fs.FileMode) *core.Error {
	return core.Errorf(core.Forbidden, "Other users may read %s (mode %04o).", path, have).
		Hinted("Run: chmod %04o %s", want, path).At(path)
}

// loadOrCreate reads the keyring file or makes it; when two processes start at
// once, both end with the keys of the first.
func loadOrCreate(dir string, random io.Reader) (keys, error) {
	path := filepath.Join(dir, keyringFile)
	k, err := load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	if left := leftOver(dir); left != "" {
		// Public keys are written last: another process may just have made all.
		if k, err := load(path); !errors.Is(err, fs.ErrNotExist) {
			return k, err
		}
		return keys{}, core.Errorf(core.Conflict, "The keyring %s is gone, but %s is still there.", path, left).
			Hinted("Put back the keyring file from your backup. Only if no secret matters any more, delete %s.", dir).At(path)
	}
	if k, err = newKeys(random); err != nil {
		return keys{}, core.Hidden("Making keys", err)
	}
	if err := createOnce(path, k.encode()); err != nil {
		return keys{}, err
	}
	return load(path)
}

// leftOver names a public key that stands in dir, or is "".
func leftOver(dir string) string {
	for _, name := range []string{signingFile, auditFile, witnessFile, outsideFile} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return name
		}
	}
	return ""
}

func load(path string) (keys, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return keys{}, err
	}
	switch {
	case !info.Mode().IsRegular():
		return keys{}, core.Errorf(core.Forbidden, "The keyring %s is not a plain file.", path).
			Hinted("Put the real file there, not a link.").At(path)
	case info.Mode().Perm()&0o077 != 0:
		return keys{}, tooOpen(path, info.Mode().Perm(), 0o600)
	case info.Size() > maxBytes:
		return keys{}, torn("it has %d bytes", info.Size()).At(path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return keys{}, core.Errorf(core.Unavailable, "The keyring %s cannot be read: %w.", path, err).At(path)
	}
	k, err := decode(text)
	if err != nil {
		return keys{}, core.AsError(err).At(path)
	}
	return k, nil
}

// publish writes the public keys beside the keyring, and refuses files that
// belong to other keys.
func (k *Keyring) publish(dir string) error {
	for name, text := range map[string]string{signingFile: k.publicPEM, auditFile: k.auditKey + "\n", witnessFile: k.witnessKey + "\n",
		outsideFile: k.outsidePEM} {
		path := filepath.Join(dir, name)
		if err := createOnce(path, []byte(text)); err != nil {
			return err
		}
		have, err := readSmall(path)
		if err != nil {
			return core.Errorf(core.Unavailable, "The public key %s cannot be read: %w.", path, err).At(path)
		}
		if string(have) != text {
			return core.Errorf(core.Conflict, "The public key %s does not belong to this keyring.", path).
				Hinted("Put back the keyring of your backup, or delete %s if it is a left-over.", path).At(path)
		}
	}
	return nil
}

// createOnce puts a complete file at path, or leaves the one that is there.
// The link is the atomic step; both the file and its folder are synced.
func createOnce(path string, text []byte) error {
	if _, err := os.Lstat(path); err == nil {
		return nil
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return core.Errorf(core.Unavailable, "The key file %s cannot be written: %w.", path, err).At(path)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(text)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Link(tmp.Name(), path)
	}
	if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return core.Errorf(core.Unavailable, "The key file %s cannot be written: %w.", path, err).At(path)
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func readSmall(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxBytes))
}
