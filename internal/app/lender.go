package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/catalog/carry"
)

// lender gives the rules in force to those who check apps elsewhere.
type lender struct {
	shelf *shelf
	keys  *seal.Keyring
}

// Rules implements desk.Lender.
func (l *lender) Rules(_ context.Context, app string) ([]byte, string, error) {
	rev := l.shelf.Current()
	files, err := catalog.Public(rev, app)
	if err != nil {
		return nil, "", err
	}
	var b bytes.Buffer
	m := carry.Manifest{Commit: rev.ID, PolicyRevision: rev.Policy.Revision(), App: app, Halted: rev.Policy.Halted()}
	if err := carry.WriteRules(&b, m, files, l.keys); err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(b.Bytes())
	return b.Bytes(), hex.EncodeToString(sum[:]), nil
}
