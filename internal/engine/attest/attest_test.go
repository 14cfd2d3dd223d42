package attest

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzParse feeds the reader of bundles and statements: it never panics, and
// what it takes has one signature and names one artifact.
func FuzzParse(f *testing.F) {
	payload := `{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"` + strings.Repeat("a", 64) + `"}}],"predicateType":"x","predicate":{}}`
	env, err := json.Marshal(envelope{PayloadInToto, []byte(payload), []signature{{"k", []byte("s")}}})
	if err != nil {
		f.Fatal(err)
	}
	good, err := Wrap(env, "k")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(payload))
	f.Add([]byte(`{"mediaType":"` + TypeBundle + `","mediaType":""}`))
	f.Add([]byte(strings.Repeat("[", 1000)))
	f.Fuzz(func(t *testing.T, b []byte) {
		if bundle, err := Parse(b); err == nil && (len(bundle.Proto().GetDsseEnvelope().GetSignatures()) != 1 || bundle.Proto().GetDsseEnvelope().GetPayloadType() != PayloadInToto) {
			t.Fatalf("took %q", b)
		}
		if s, err := ReadStatement(b); err == nil && (len(s.Subject) != 71 || !json.Valid(s.Predicate)) {
			t.Fatalf("took %q as %+v", b, s)
		}
	})
}

func TestWellFormed(t *testing.T) {
	for text, good := range map[string]bool{`{}`: true, `{"a":[{"b":1},{"b":2}],"c":{"a":null}}`: true, `{"a":1,"a":1}`: false, `{"x":{"a":1,"b":2,"a":3}}`: false, `[]`: false, `1`: false, ``: false,
		`{} {}`: false, `{"a":` + strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth) + `}`: false, `{"a":` + strings.Repeat("[", maxDepth-1) + strings.Repeat("]", maxDepth-1) + `}`: true, `{"a"`: false} {
		if err := wellFormed([]byte(text)); (err == nil) != good {
			t.Errorf("%.60q: %v", text, err)
		}
	}
}
