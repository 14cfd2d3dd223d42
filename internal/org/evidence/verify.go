package evidence

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/seal"
)

// Verify checks an evidence pack of size bytes with no network and no server.
// trustedKey is the verifier key of the audit log, as it stands in audit.vkey.
// Without it the pack's own key is used: then the pack is only shown to agree
// with itself, and the result says so. What is wrong is in the result; an error
// means that the check could not be done (Invalid for a bad trustedKey).
func Verify(r io.ReaderAt, size int64, trustedKey string) (Result, error) {
	v := &check{res: Result{OK: true, Problems: []Problem{}, Counts: map[string]int{}}}
	a, err := unpack(r, size)
	if err != nil {
		v.failed("", err)
		return v.res, nil
	}
	v.a = a
	key := strings.TrimSpace(trustedKey)
	if key == "" {
		v.res.OwnKey = true
		own, err := a.read("keys/audit.vkey")
		if err != nil {
			v.failed("keys/audit.vkey", err)
			return v.res, nil
		}
		key = strings.TrimSpace(string(own))
	}
	v.verifier, err = note.NewVerifier(key)
	if err != nil {
		if v.res.OwnKey {
			v.res.add("keys/audit.vkey", "The pack's key cannot be read.")
			return v.res, nil
		}
		return v.res, core.Errorf(core.Invalid, "the key %.80q is not a verifier key", key).Hinted("Give the line from audit.vkey: name+hash+key.")
	}
	v.res.Key, v.res.Fingerprint = key, fingerprint(key)
	v.frame()
	if v.res.OK {
		v.content()
	}
	return v.res, nil
}

// check is one verification under way.
type check struct {
	a         *archive
	verifier  note.Verifier
	signing   ed25519.PublicKey
	manifest  Manifest
	res       Result
	events    loggedEvents
	decisions map[string]decisionRecord
	artifacts map[string]artifactRecord
}

// failed tells a fault of the archive.
func (v *check) failed(name string, err error) {
	var d *damage
	if errors.As(err, &d) {
		v.res.add(d.where, "The pack is damaged: %s.", d.what)
		return
	}
	v.res.add(name, "The file cannot be read: %v.", err)
}

// frame checks the manifest, its signature, and that the files are exactly the
// ones in it.
func (v *check) frame() {
	data, err := v.a.read(manifestFile)
	if err != nil {
		v.failed(manifestFile, err)
		return
	}
	signed, err := v.a.read(manifestSig)
	if err != nil {
		v.failed(manifestSig, err)
		return
	}
	if err := checkManifestSig(data, signed, v.verifier); err != nil {
		v.res.add(manifestSig, "The manifest is not signed by the key %s: the pack was changed, or another key signed it.", v.verifier.Name())
	}
	if v.manifest, err = readManifest(data); err != nil {
		v.res.add(manifestFile, "The manifest cannot be read: %v.", err)
		return
	}
	m := v.manifest
	v.res.App, v.res.From, v.res.To = m.App.Name, m.From, m.To
	v.res.Origin, v.res.Size, v.res.Counts = m.Log.Origin, m.Log.Size, m.Counts
	v.files()
}

// files holds the files against the manifest, in order, with none missing and
// none left over.
func (v *check) files() {
	listed := v.manifest.Files
	for i, e := range v.a.entries {
		if e.name == manifestFile || e.name == manifestSig {
			if i < len(v.a.entries)-2 {
				v.res.add(e.name, "The file is not at its place.")
			}
			continue
		}
		if i >= len(listed) || listed[i].Path != e.name {
			v.res.add(e.name, "The file is not in the manifest, or not at its place.")
			continue
		}
		data, err := v.a.read(e.name)
		if err != nil {
			v.failed(e.name, err)
			continue
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != listed[i].SHA256 || int64(len(data)) != listed[i].Size {
			v.res.add(e.name, "The file is not the one in the manifest: it was changed.")
		}
	}
	for _, f := range listed {
		if _, ok := v.a.byName[f.Path]; !ok {
			v.res.add(f.Path, "The file is missing.")
		}
	}
}

// content checks what the files say, now that they are known to be the signed
// ones: each part is held against the audit log or against another part.
func (v *check) content() {
	text, err := v.a.read("keys/signing.pub")
	if err == nil {
		v.signing, err = seal.ParsePublicPEM(text)
	}
	if err != nil {
		v.failed("keys/signing.pub", err)
		return
	}
	v.checkEvents()
	v.checkDecisions()
	v.checkApprovals()
	v.checkArtifacts()
	v.checkDeployments()
	v.checkRest()
}

// load reads one JSON file into to.
func (v *check) load(name string, to any) bool {
	data, err := v.a.read(name)
	if err == nil {
		err = strict(data, to)
	}
	if err != nil {
		v.failed(name, err)
		return false
	}
	return true
}

// count holds the number of records against the manifest.
func (v *check) count(kind string, n int) {
	if v.manifest.Counts[kind] != n {
		v.res.add(manifestFile, "The manifest counts %d %s, the pack has %d.", v.manifest.Counts[kind], kind, n)
	}
}
