package audit_test

import (
	"encoding/base64"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/engine/audit"
)

// FuzzCheckpoint: of all texts that the log's key could have signed, those that
// open are checkpoints of this log in their one spelling; and what nobody signed
// never opens.
func FuzzCheckpoint(f *testing.F) {
	k := newKeys(f)
	root := base64.StdEncoding.EncodeToString(make([]byte, 32))
	for _, text := range []string{"log.test/one\n5\n" + root + "\n", "log.test/one\n05\n" + root + "\n", "log.test/one\n-5\n" + root + "\n", "log.test/two\n5\n" + root + "\n",
		"log.test/one\n5\n" + root + "\nmore\n", "log.test/one\n9223372036854775808\n" + root + "\n", "log.test/one\n5\nAAAA\n", "\n", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := audit.OpenCheckpoint(text, k.verifier); err == nil {
			t.Fatalf("%q opens, and nobody signed it", text)
		}
		signed, err := note.Sign(&note.Note{Text: text}, k.signer)
		if err != nil {
			return // no text for a note
		}
		c, err := audit.OpenCheckpoint(string(signed), k.verifier)
		if err != nil {
			return
		}
		if spelt := fmt.Sprintf("log.test/one\n%d\n%s\n", c.Size, base64.StdEncoding.EncodeToString(c.Root[:])); spelt != text || c.Size < 0 {
			t.Fatalf("%q opens as %q", text, spelt)
		}
	})
}
