package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/core"
)

const (
	formatName   = "paddock evidence pack v1"
	manifestFile = "manifest.json"
	manifestSig  = "manifest.sig"
)

// Manifest says what is in a pack.
type Manifest struct {
	Format string         `json:"format"`
	App    ManifestApp    `json:"app"`
	From   string         `json:"from"` // the period, RFC 3339
	To     string         `json:"to"`
	MadeAt string         `json:"made_at"`
	Log    ManifestLog    `json:"log"`
	Counts map[string]int `json:"counts"` // records of each kind
	Files  []ManifestFile `json:"files"`  // in the order of the pack
}

// ManifestApp names the app.
type ManifestApp struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// ManifestLog names the audit log and the tree head that proofs lead to.
type ManifestLog struct {
	Origin string `json:"origin"`
	Size   int64  `json:"size"`
	Root   string `json:"root"` // base64
}

// ManifestFile is one file of the pack.
type ManifestFile struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// noteText is what is signed for a manifest. Its first line is no log's name,
// so it is never taken for a checkpoint.
func noteText(manifest []byte) string {
	sum := sha256.Sum256(manifest)
	return formatName + "\nsha256:" + hex.EncodeToString(sum[:]) + "\n"
}

func signManifest(manifest []byte, signer note.Signer) ([]byte, error) {
	if signer.Name() == formatName {
		return nil, core.Errorf(core.Internal, "the audit log must not be called %q", formatName)
	}
	signed, err := note.Sign(&note.Note{Text: noteText(manifest)}, signer)
	if err != nil {
		return nil, core.Hidden("Signing the evidence pack", err)
	}
	return signed, nil
}

// checkManifestSig accepts exactly one spelling of exactly one signature.
func checkManifestSig(manifest, signed []byte, verifier note.Verifier) error {
	n, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return err
	}
	if n.Text != noteText(manifest) {
		return errors.New("it signs another manifest")
	}
	if len(n.Sigs) != 1 || len(n.UnverifiedSigs) != 0 {
		return errors.New("it has more than one signature")
	}
	raw, err := base64.StdEncoding.DecodeString(n.Sigs[0].Base64)
	if err != nil {
		return err
	}
	var want strings.Builder
	want.WriteString(n.Text + "\n— " + n.Sigs[0].Name + " " + base64.StdEncoding.EncodeToString(raw) + "\n")
	if want.String() != string(signed) {
		return errors.New("it is not spelt as it was written")
	}
	return nil
}

// readManifest parses a manifest; unknown fields are refused.
func readManifest(data []byte) (Manifest, error) {
	var m Manifest
	if err := strict(data, &m); err != nil {
		return m, err
	}
	if m.Format != formatName {
		return m, errors.New("it is not of the format " + formatName)
	}
	return m, nil
}

// strict parses one JSON value with known fields only and nothing after it.
func strict(data []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return err
	}
	if len(bytes.TrimSpace(data[d.InputOffset():])) != 0 {
		return errors.New("something follows the JSON value")
	}
	return nil
}

// fingerprint is what two people read to each other to compare a key.
func fingerprint(vkey string) string {
	sum := sha256.Sum256([]byte(vkey))
	text := hex.EncodeToString(sum[:16])
	var b strings.Builder
	for i := 0; i < len(text); i += 4 {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(text[i : i+4])
	}
	return b.String()
}
