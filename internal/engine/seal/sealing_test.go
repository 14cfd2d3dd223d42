package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

const canary = "canary-4711-never-shown"

func TestSealRoundTrip(t *testing.T) {
	k := open(t, newDir(t))
	for _, value := range []string{"", "x", canary, strings.Repeat("y", MaxSecret)} {
		a, err := k.Seal("p", core.NewSecret([]byte(value)))
		if err != nil {
			t.Fatal(err)
		}
		b, err := k.Seal("p", core.NewSecret([]byte(value)))
		if err != nil || bytes.Equal(a, b) {
			t.Fatalf("sealing twice gave equal bytes (%v)", err)
		}
		if value == canary && bytes.Contains(a, []byte(canary)) {
			t.Fatal("the value stands in the sealed bytes")
		}
		s, err := k.Unseal("p", a)
		if err != nil || !s.Equal(core.NewSecret([]byte(value))) {
			t.Fatalf("%d bytes: %v", len(value), err)
		}
	}
}

func TestUnsealRefuses(t *testing.T) {
	k, other := open(t, newDir(t)), open(t, newDir(t))
	good, err := k.Seal("org/secret/a", core.NewSecret([]byte(canary)))
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := other.Seal("org/secret/a", core.NewSecret([]byte(canary)))
	if err != nil {
		t.Fatal(err)
	}
	check := func(note, purpose string, b []byte) {
		t.Helper()
		s, err := k.Unseal(purpose, b)
		if core.CodeOf(err) != core.Unreadable || !s.Empty() {
			t.Errorf("%s: got %v, %v", note, s, err)
		}
		if err != nil && strings.Contains(err.Error(), canary) {
			t.Errorf("%s: the error shows the value", note)
		}
	}
	check("wrong purpose", "org/secret/b", good)
	check("purpose cut short", "org/secret/", good)
	check("another keyring", "org/secret/a", foreign)
	check("empty", "org/secret/a", nil)
	check("too long", "org/secret/a", make([]byte, MaxSecret+minSealed+1))
	for i := range good {
		b := bytes.Clone(good)
		b[i] ^= 1
		check("flipped byte", "org/secret/a", b)
		check("cut", "org/secret/a", good[:i])
	}
}

func TestSealRefuses(t *testing.T) {
	k := open(t, newDir(t))
	if _, err := k.Seal("", core.NewSecret(nil)); core.CodeOf(err) != core.Invalid {
		t.Errorf("no purpose: %v", err)
	}
	if _, err := k.Seal("p", core.NewSecret(make([]byte, MaxSecret+1))); core.CodeOf(err) != core.TooLarge {
		t.Errorf("too large: %v", err)
	}
}

func TestFingerprint(t *testing.T) {
	k, other := open(t, newDir(t)), open(t, newDir(t))
	a := k.Fingerprint("incident", []byte(canary))
	if a != k.Fingerprint("incident", []byte(canary)) || len(a) != 64 {
		t.Error("the same value has two fingerprints")
	}
	plain := sha256.Sum256([]byte(canary))
	for note, b := range map[string]string{
		"other domain":       k.Fingerprint("token", []byte(canary)),
		"other installation": other.Fingerprint("incident", []byte(canary)),
		"moved boundary":     k.Fingerprint("incidentc", []byte(canary[1:])),
		"plain hash":         hex.EncodeToString(plain[:]),
	} {
		if a == b {
			t.Errorf("%s: same fingerprint", note)
		}
	}
	if k.HashToken(core.NewSecret([]byte(canary))) != k.Fingerprint("token", []byte(canary)) {
		t.Error("HashToken is not the fingerprint of domain token")
	}
}

func FuzzUnseal(f *testing.F) {
	k, err := Open(f.TempDir()+"/keys", nil)
	if err != nil {
		f.Fatal(err)
	}
	good, _ := k.Seal("p", core.NewSecret([]byte(canary)))
	f.Add([]byte{})
	f.Add(good[:headSize])
	f.Add(append(bytes.Clone(good), 0))
	f.Add(append(bytes.Clone(good[:minSealed-1]), 9))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := k.Unseal("p", b); err == nil && !bytes.Equal(b, good) {
			t.Fatalf("opened forged bytes: %v", s)
		}
	})
}
