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
	Format   string           `json:"format"`
	Scope    ManifestScope    `json:"scope"`
	MadeAt   string           `json:"made_at"`
	Log      ManifestLog      `json:"log"`
	Coverage Coverage         `json:"coverage"`
	Counts   map[string]Count `json:"counts"`  // by kind
	Actions  map[string]int   `json:"actions"` // events that were asked for, by action
	Results  map[string]int   `json:"results"` // decisions that were asked for, by "GATE RESULT"
	Files    []ManifestFile   `json:"files"`   // in the order of the pack
}

// ManifestScope says what the pack is about.
type ManifestScope struct {
	App   string `json:"app"` // name; empty for all apps
	AppID string `json:"app_id"`
	// The one grant that the pack is about, and what its approval is bound to.
	Grant       string `json:"grant,omitempty"`
	GrantDigest string `json:"grant_digest,omitempty"`
	Period      string `json:"period"`
	From        string `json:"from"` // RFC 3339; "" for the beginning
	To          string `json:"to"`   // not included
}

// label names the scope for people.
func (s ManifestScope) label() string {
	if s.App != "" {
		return s.App
	}
	return s.Period
}

// Count is how many records of a kind there are.
type Count struct {
	Records int `json:"records"` // all of them
	Asked   int `json:"asked"`   // the population: without those that are there for support only
}

// Coverage is the stretch of the log, from the first index to the last, of
// which the pack has every event; -1 to -1 for none.
type Coverage struct {
	First int64 `json:"first"`
	Last  int64 `json:"last"`
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
	return formatName + "\n" + sha(manifest) + "\n"
}

// sha returns the digest of data: sha256:HEX.
func sha(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
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

// encode writes JSON for people to read as well.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
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
