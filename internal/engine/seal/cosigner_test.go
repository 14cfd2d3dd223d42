package seal

import (
	"strings"
	"testing"
	"time"

	cosign "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

type clockAt time.Time

func (c clockAt) Now() time.Time { return time.Time(c) }

// TestCosigner: another library reads our witness key and finds our
// cosignature good, with the time of our clock.
func TestCosigner(t *testing.T) {
	k := open(t, newDir(t))
	at := time.Unix(1_770_000_000, 0)
	const text = "example.org/log\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
	signed, err := note.Sign(&note.Note{Text: text}, k.Cosigner(clockAt(at)))
	if err != nil {
		t.Fatal(err)
	}
	v, err := cosign.NewVerifierForCosignatureV1(k.WitnessKey())
	if err != nil || v.KeyHash() != k.Cosigner(clockAt(at)).KeyHash() {
		t.Fatal(err)
	}
	n, err := note.Open(signed, note.VerifierList(v))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := cosign.CoSigV1Timestamp(n.Sigs[0]); err != nil || !got.Equal(at) {
		t.Error(got, err)
	}
	if _, err := note.Open([]byte(strings.Replace(string(signed), "\n3\n", "\n4\n", 1)), note.VerifierList(v)); err == nil {
		t.Error("a changed checkpoint is accepted")
	}
	if open(t, newDir(t)).WitnessKey() == k.WitnessKey() {
		t.Error("two installations have one witness key")
	}
}
