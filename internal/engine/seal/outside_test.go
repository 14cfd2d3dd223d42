package seal

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
)

// What is signed for others verifies with the key in the folder, is the same
// bytes each time, and is another key's elsewhere.
func TestSignES256(t *testing.T) {
	dir := newDir(t)
	k := open(t, dir)
	text, err := os.ReadFile(filepath.Join(dir, "outside.pub"))
	if err != nil || string(text) != k.OutsidePEM() {
		t.Fatalf("%q, %v", text, err)
	}
	block, _ := pem.Decode(text)
	pub, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	data := []byte("a bundle")
	sig, err := k.SignES256(data)
	if err != nil || len(sig) != 64 {
		t.Fatal(len(sig), err)
	}
	sum := sha256.Sum256(data)
	if !ecdsa.Verify(pub.(*ecdsa.PublicKey), sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])) {
		t.Error("the signature does not verify")
	}
	if again, _ := open(t, dir).SignES256(data); !bytes.Equal(again, sig) {
		t.Error("the same data has another signature")
	}
	if other := open(t, newDir(t)); other.OutsidePEM() == k.OutsidePEM() {
		t.Error("two installations have one key")
	}
}
