package seal

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"github.com/paddock-dev/paddock/internal/core"
)

const payloadType = "application/vnd.in-toto+json"

func TestDSSERoundTrip(t *testing.T) {
	k := open(t, newDir(t))
	env, err := k.SignDSSE(payloadType, []byte(`{"a":1}`))
	if err != nil {
		t.Fatal(err)
	}
	typ, payload, err := k.VerifyDSSE(env)
	if err != nil || typ != payloadType || string(payload) != `{"a":1}` {
		t.Fatalf("got %q, %q, %v", typ, payload, err)
	}
	if _, _, err := VerifyDSSEWith(open(t, newDir(t)).PublicKey(), env); core.CodeOf(err) != core.Forbidden {
		t.Errorf("another key accepts it: %v", err)
	}
	if _, _, err := VerifyDSSEWith(nil, env); core.CodeOf(err) != core.Invalid {
		t.Errorf("no key accepts it: %v", err)
	}
}

func TestDSSERefuses(t *testing.T) {
	k, other := open(t, newDir(t)), open(t, newDir(t))
	good, err := k.SignDSSE(payloadType, []byte(`{"a":1}`))
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := other.SignDSSE(payloadType, []byte(`{"a":1}`))
	if err != nil {
		t.Fatal(err)
	}
	edit := func(b []byte, change func(*dsse.Envelope)) []byte {
		var e dsse.Envelope
		if err := json.Unmarshal(b, &e); err != nil {
			t.Fatal(err)
		}
		change(&e)
		out, _ := json.Marshal(e)
		return out
	}
	cases := []struct {
		note string
		env  []byte
		want core.Code
	}{
		{"empty", nil, core.Unreadable},
		{"not JSON", []byte("hello"), core.Unreadable},
		{"an empty object", []byte("{}"), core.Unreadable},
		{"torn", good[:len(good)-4], core.Unreadable},
		{"text after it", append(bytes.Clone(good), "{}"...), core.Unreadable},
		{"too large", bytes.Repeat([]byte(" "), MaxEnvelope+1), core.TooLarge},
		{"no signature", edit(good, func(e *dsse.Envelope) { e.Signatures = nil }), core.Unreadable},
		{"nine signatures", edit(good, func(e *dsse.Envelope) {
			e.Signatures = append(e.Signatures, make([]dsse.Signature, 8)...)
		}), core.Unreadable},
		{"other payload", edit(good, func(e *dsse.Envelope) {
			e.Payload = base64.StdEncoding.EncodeToString([]byte(`{"a":2}`))
		}), core.Forbidden},
		{"other payload type", edit(good, func(e *dsse.Envelope) { e.PayloadType = "text/plain" }), core.Forbidden},
		{"signature not base64", edit(good, func(e *dsse.Envelope) { e.Signatures[0].Sig = "%%" }), core.Forbidden},
		{"signed by another", foreign, core.Forbidden},
		{"signed by another under our key id", edit(foreign, func(e *dsse.Envelope) { e.Signatures[0].KeyID = k.KeyID() }), core.Forbidden},
		{"signed by another without key id", edit(foreign, func(e *dsse.Envelope) { e.Signatures[0].KeyID = "" }), core.Forbidden},
	}
	for _, c := range cases {
		typ, payload, err := k.VerifyDSSE(c.env)
		if core.CodeOf(err) != c.want || typ != "" || payload != nil {
			t.Errorf("%s: got %q, %q, code %q (%v), want %q", c.note, typ, payload, core.CodeOf(err), err, c.want)
		}
	}
}

func TestParsePublicPEMRefuses(t *testing.T) {
	k := open(t, newDir(t))
	for _, text := range []string{"", "x", k.PublicPEM() + "more", strings.Replace(k.PublicPEM(), "PUBLIC", "PRIVATE", 2),
		"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"} {
		if _, err := ParsePublicPEM([]byte(text)); core.CodeOf(err) != core.Unreadable {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzVerifyDSSE(f *testing.F) {
	k, err := Open(f.TempDir()+"/keys", nil)
	if err != nil {
		f.Fatal(err)
	}
	good, _ := k.SignDSSE(payloadType, []byte("x"))
	f.Add(good)
	f.Add([]byte(`{"payloadType":"a","payload":"","signatures":[{"sig":""}]}`))
	f.Add([]byte(`{"payloadType":"a","payload":"====","signatures":[{"keyid":"","sig":"AA=="}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		typ, payload, err := k.VerifyDSSE(b)
		if err == nil && (typ != payloadType || string(payload) != "x") {
			t.Fatalf("accepted %q %q", typ, payload)
		}
	})
}
