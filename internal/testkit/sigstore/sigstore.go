package sigstore

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"math/big"
	"testing"
	"time"

	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/testing/ca"
)

// Sigstore signs as a CI system's Sigstore does.
type Sigstore struct {
	t            testing.TB
	now          time.Time
	root         *x509.Certificate
	intermediate *x509.Certificate
	caKey        *ecdsa.PrivateKey
	ct, log      *ecdsa.PrivateKey
	stamps       *ca.VirtualSigstore // the timestamp authority of it
}

// New makes one whose keys and certificates are valid now.
func New(t testing.TB) *Sigstore {
	t.Helper()
	s := &Sigstore{t: t, now: time.Now().Truncate(time.Second), ct: key(t), log: key(t), caKey: key(t)}
	top := key(t)
	from, to := s.now.Add(-90*24*time.Hour), s.now.Add(90*24*time.Hour)
	s.root = s.certify(&x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test root", Organization: []string{"test"}}, NotBefore: from, NotAfter: to,
		KeyUsage: x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: true}, nil, top, top)
	s.intermediate = s.certify(&x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "test intermediate"}, NotBefore: from, NotAfter: to,
		KeyUsage: x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}, BasicConstraintsValid: true, IsCA: true}, s.root, s.caKey, top)
	var err error
	if s.stamps, err = ca.NewVirtualSigstore(); err != nil {
		t.Fatal(err)
	}
	return s
}

// Now is the time at which it signs.
func (s *Sigstore) Now() time.Time { return s.now }

// Root is the trusted_root.json of it, as of the public Sigstore: authority, CT
// log, transparency log.
func (s *Sigstore) Root() []byte {
	return s.material(map[string]*root.TransparencyLog{id(s.ct): s.entry(s.ct, "https://ct.test")}, map[string]*root.TransparencyLog{id(s.log): s.entry(s.log, "https://"+origin)})
}

// PrivateRoot is the root of a Sigstore without logs, as GitHub has for private
// repositories: authority and timestamp authority.
func (s *Sigstore) PrivateRoot() []byte { return s.material(nil, nil) }

func (s *Sigstore) material(ct, logs map[string]*root.TransparencyLog) []byte {
	s.t.Helper()
	authority := &root.FulcioCertificateAuthority{Root: s.root, Intermediates: []*x509.Certificate{s.intermediate}, ValidityPeriodStart: s.root.NotBefore, URI: "https://fulcio.test"}
	tr, err := root.NewTrustedRoot(root.TrustedRootMediaType01, []root.CertificateAuthority{authority}, ct, s.stamps.TimestampingAuthorities(), logs)
	if err != nil {
		s.t.Fatal(err)
	}
	b, err := tr.MarshalJSON()
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

// entry is a log that is older than the authority, so that the authority's own
// validity can be what is wrong.
func (s *Sigstore) entry(k *ecdsa.PrivateKey, url string) *root.TransparencyLog {
	raw, _ := hex.DecodeString(id(k))
	return &root.TransparencyLog{BaseURL: url, ID: raw, HashFunc: crypto.SHA256, SignatureHashFunc: crypto.SHA256, PublicKey: k.Public(), ValidityPeriodStart: s.root.NotBefore.Add(-365 * 24 * time.Hour)}
}

func (s *Sigstore) certify(c, parent *x509.Certificate, k, by *ecdsa.PrivateKey) *x509.Certificate {
	s.t.Helper()
	if parent == nil {
		parent = c
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, k.Public(), by)
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := x509.ParseCertificate(der)
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

func key(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// id names a log: the SHA-256 of its key's PKIX form.
func id(k *ecdsa.PrivateKey) string {
	der, err := x509.MarshalPKIXPublicKey(k.Public())
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

func sign(t testing.TB, k *ecdsa.PrivateKey, text []byte) []byte {
	t.Helper()
	sum := sha256.Sum256(text)
	sig, err := ecdsa.SignASN1(rand.Reader, k, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return sig
}
