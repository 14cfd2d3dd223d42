package evidence

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/org/evidence/parcel"
)

// maxWhole bounds a file that is read at once, in bytes.
const maxWhole = 64 << 20

// Verify checks an evidence pack of size bytes with no network and no server.
// trustedKey is the verifier key of the audit log, as it stands in audit.vkey.
// Without it the pack's own key is used: then the pack is only shown to agree
// with itself, and the result says so. Memory is bounded by the records of one
// app. What is wrong is in the result; an error means that the check could not
// be done (Invalid for a bad trustedKey), or that ctx ended.
func Verify(ctx context.Context, r io.ReaderAt, size int64, trustedKey string) (Result, error) {
	v := &check{ctx: ctx, res: Result{OK: true, Problems: []Problem{}, Counts: map[string]Count{}, Proven: []Proven{}, Notes: []string{}, Coverage: Coverage{-1, -1}}}
	a, err := parcel.Open(r, size)
	if err != nil {
		v.failed("", err)
		return v.res, nil
	}
	v.a = a
	key := strings.TrimSpace(trustedKey)
	if key == "" {
		v.res.OwnKey = true
		own, err := a.Read("keys/audit.vkey", maxKey)
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
		return v.res, core.Errorf(core.Invalid, "The key %.80q is not a verifier key.", key).Hinted("Give the line from audit.vkey: name+hash+key.")
	}
	v.res.Key, v.res.Fingerprint = key, fingerprint(key)
	v.frame()
	if v.res.OK {
		v.content()
	}
	return v.res, ctx.Err()
}

// maxKey bounds a key file.
const maxKey = 4 << 10

// check is one verification under way.
type check struct {
	ctx      context.Context
	a        *parcel.Archive
	verifier note.Verifier
	signing  ed25519.PublicKey
	manifest Manifest
	time     times
	head     audit.Checkpoint
	res      Result
	tally    tally
	replay   replayer
	active   map[string]map[int64]bool // events that put a governance revision in force, by commit
}

// failed tells a fault of the archive or of a file's form.
func (v *check) failed(name string, err error) {
	var d *parcel.Damage
	if errors.As(err, &d) {
		v.res.add(d.Where, "The pack is damaged: %s.", d.What)
		return
	}
	v.res.add(name, "The file cannot be read: %v.", err)
}

// frame checks the manifest, its signature, and that the files are exactly the
// ones in it.
func (v *check) frame() {
	data, err := v.a.Read(manifestFile, maxWhole)
	if err != nil {
		v.failed(manifestFile, err)
		return
	}
	signed, err := v.a.Read(manifestSig, maxKey)
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
	v.res.Grant = m.Scope.Grant
	v.res.App, v.res.Period, v.res.From, v.res.To, v.res.MadeAt = m.Scope.App, m.Scope.Period, m.Scope.From, m.Scope.To, m.MadeAt
	v.res.Origin, v.res.Size, v.res.Counts = m.Log.Origin, m.Log.Size, m.Counts
	v.time = times{stamp(m.Scope.From), stamp(m.Scope.To)}
	v.files()
}

// files holds the files against the manifest, in order, with none missing and
// none left over.
func (v *check) files() {
	listed := v.manifest.Files
	names := v.a.Names()
	for i, name := range names {
		if name == manifestFile || name == manifestSig {
			if i < len(names)-2 {
				v.res.add(name, "The file is not at its place.")
			}
			continue
		}
		if i >= len(listed) || listed[i].Path != name {
			v.res.add(name, "The file is not in the manifest, or not at its place.")
			continue
		}
		sum := sha256.New()
		r, err := v.a.Open(name)
		var n int64
		if err == nil {
			n, err = io.Copy(sum, r)
		}
		if err != nil {
			v.failed(name, err)
			continue
		}
		if hex.EncodeToString(sum.Sum(nil)) != listed[i].SHA256 || n != listed[i].Size {
			v.res.add(name, "The file is not the one in the manifest: it was changed.")
		}
	}
	for _, f := range listed {
		if !v.a.Has(f.Path) {
			v.res.add(f.Path, "The file is missing.")
		}
	}
	v.res.proven(len(listed), "files are the ones in the signed manifest")
}

// content checks what the files say, now that they are known to be the signed
// ones: each part is held against the audit log or against another part.
func (v *check) content() {
	text, err := v.a.Read("keys/signing.pub", maxKey)
	if err == nil {
		v.signing, err = seal.ParsePublicPEM(text)
	}
	if err != nil {
		v.failed("keys/signing.pub", err)
		return
	}
	if !v.checkpoint() {
		return
	}
	v.groups()
	v.around()
	v.summary()
}

// checkpoint checks the tree head that all proofs lead to.
func (v *check) checkpoint() bool {
	const place = "audit/checkpoint"
	signed, err := v.a.Read(place, maxWhole)
	if err != nil {
		v.failed(place, err)
		return false
	}
	if v.head, err = audit.OpenCheckpoint(string(signed), v.verifier); err != nil {
		v.res.add(place, "The checkpoint is not good: %v.", err)
		return false
	}
	if v.manifest.Log != logOf(v.head) {
		v.res.add(place, "The checkpoint is not the one in the manifest.")
	}
	return true
}

// whole reads one JSON file into to.
func (v *check) whole(name string, to any) bool {
	data, err := v.a.Read(name, maxWhole)
	if err == nil {
		err = strict(data, to)
	}
	if err != nil {
		v.failed(name, err)
		return false
	}
	return true
}
