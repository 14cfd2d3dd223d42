package evidence

import (
	"bytes"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/org/evidence/parcel"
)

// Rewrite unpacks a pack, lets change give each file other bytes (nil drops it)
// and packs it again with valid checksums. With a signer the manifest is made
// to fit and signed again: what somebody who holds the key could do.
func Rewrite(pack []byte, signer note.Signer, change func(name string, data []byte) []byte, more ...string) ([]byte, error) {
	a, err := parcel.Open(bytes.NewReader(pack), int64(len(pack)))
	if err != nil {
		return nil, err
	}
	var files []parcel.Member
	var m Manifest
	for _, name := range a.Names() {
		data, err := a.Read(name, 1<<30)
		if err != nil {
			return nil, err
		}
		data = change(name, data)
		switch {
		case data == nil:
			continue
		case signer == nil || name != manifestFile && name != manifestSig:
			files = append(files, parcel.Bytes(name, data))
		case name == manifestFile:
			if m, err = readManifest(data); err != nil {
				return nil, err
			}
		}
	}
	for _, name := range more {
		files = append(files, parcel.Bytes(name, []byte("more")))
	}
	if signer != nil {
		m.Files = nil
		for _, f := range files {
			m.Files = append(m.Files, ManifestFile{f.Name, f.SHA256, f.Size})
		}
		data, err := encode(m)
		if err != nil {
			return nil, err
		}
		signed, err := signManifest(data, signer)
		if err != nil {
			return nil, err
		}
		files = append(files, parcel.Bytes(manifestFile, data), parcel.Bytes(manifestSig, signed))
	}
	var b bytes.Buffer
	w := parcel.NewWriter(&b)
	for _, f := range files {
		if err := w.Add(f); err != nil {
			return nil, err
		}
	}
	err = w.Close()
	return b.Bytes(), err
}

// Kinds lists the kinds of records, for tests.
func Kinds() (out []string) {
	for _, k := range kinds {
		out = append(out, k.Name)
	}
	return out
}

// FileOf is the file of a kind's records, for tests.
func FileOf(kind string) string { return fileOf(kind) }
