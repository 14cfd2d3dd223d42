package witness

import (
	"context"
	"net/url"
	"strings"

	cosign "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/core"
)

// Peer is one witness that we ask.
type Peer struct {
	URL      string // its submission prefix, without a slash at the end
	Verifier note.Verifier
}

// Peers are the witnesses of the organisation, and how many of them must have
// cosigned a checkpoint for it to count as witnessed. No peers means that
// nobody is asked.
type Peers struct {
	List   []Peer
	Quorum int
}

// ParsePeer reads one witness from its address and verifier key. Errors are
// Invalid, at the field url or key.
func ParsePeer(address, vkey string) (Peer, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return Peer{}, core.Errorf(core.Invalid, "%q is not the address of a witness.", address).
			Hinted("Write it like https://witness.example.org/prefix.").At("url")
	}
	v, err := cosign.NewVerifierForCosignatureV1(vkey)
	if err != nil {
		return Peer{}, core.Errorf(core.Invalid, "%q is not the verifier key of a witness.", vkey).
			Hinted("Ask who runs the witness for its key; a Paddock shows it on its Audit page.").At("key")
	}
	return Peer{strings.TrimSuffix(address, "/"), v}, nil
}

// Witnessed returns the newest checkpoint that enough of the peers cosigned,
// with their signatures, and how many did; "" when there is none. recent are
// cosignatures, those of the largest sizes first. Each is checked again.
func (p Peers) Witnessed(ctx context.Context, recent []core.Cosignature, checkpoint func(ctx context.Context, size int64) (string, error)) (string, int, error) {
	for len(recent) > 0 && len(p.List) > 0 {
		n := 1
		for n < len(recent) && recent[n].Size == recent[0].Size {
			n++
		}
		if n >= p.Quorum {
			signed, err := checkpoint(ctx, recent[0].Size)
			if err != nil {
				return "", 0, err
			}
			if whole, count := p.with(signed, recent[:n]); count >= max(1, p.Quorum) {
				return whole, count, nil
			}
		}
		recent = recent[n:]
	}
	return "", 0, nil
}

// with adds the good cosignatures of peers to a checkpoint, and counts them.
func (p Peers) with(signed string, of []core.Cosignature) (string, int) {
	count := 0
	for _, peer := range p.List {
		for _, c := range of {
			if c.Witness == peer.Verifier.Name() && checked(signed, c.Line, peer.Verifier) != nil {
				signed += c.Line
				count++
				break
			}
		}
	}
	return signed, count
}

// checked returns the signature of the line if it is the verifier's and good
// for the checkpoint, nil otherwise.
func checked(signed, line string, v note.Verifier) *note.Signature {
	text, _, found := strings.Cut(signed, "\n\n")
	if !found {
		return nil
	}
	n, err := note.Open([]byte(text+"\n\n"+line), note.VerifierList(v))
	if err != nil || len(n.Sigs) != 1 {
		return nil
	}
	return &n.Sigs[0]
}

// short cuts a text that came from outside to what can be shown.
func short(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if len(s) > 200 {
		return s[:200] + "..."
	}
	return strings.TrimSpace(s)
}
