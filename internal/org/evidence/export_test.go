package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"

	"golang.org/x/mod/sumdb/note"
)

// Rewrite unpacks a pack, lets change give each file other bytes (nil drops it)
// and packs it again with valid checksums. With a signer the manifest is made
// to fit and signed again: what somebody who holds the key could do.
func Rewrite(pack []byte, signer note.Signer, change func(name string, data []byte) []byte, more ...string) ([]byte, error) {
	a, err := unpack(bytes.NewReader(pack), int64(len(pack)))
	if err != nil {
		return nil, err
	}
	var files []file
	var m Manifest
	for _, e := range a.entries {
		data, err := a.read(e.name)
		if err != nil {
			return nil, err
		}
		data = change(e.name, data)
		switch {
		case data == nil:
			continue
		case signer == nil || e.name != manifestFile && e.name != manifestSig:
			files = append(files, file{e.name, data})
		case e.name == manifestFile:
			if m, err = readManifest(data); err != nil {
				return nil, err
			}
		}
	}
	for _, name := range more {
		files = append(files, file{name, []byte("more")})
	}
	if signer != nil {
		m.Files = nil
		for _, f := range files {
			sum := sha256.Sum256(f.data)
			m.Files = append(m.Files, ManifestFile{f.name, hex.EncodeToString(sum[:]), int64(len(f.data))})
		}
		data, err := encode(m)
		if err != nil {
			return nil, err
		}
		signed, err := signManifest(data, signer)
		if err != nil {
			return nil, err
		}
		files = append(files, file{manifestFile, data}, file{manifestSig, signed})
	}
	var b bytes.Buffer
	err = writeArchive(&b, files)
	return b.Bytes(), err
}
