package sigstore

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"math/big"
	"net/url"
	"time"
)

// Run is a CI run that signs: what its certificate says.
type Run struct {
	Issuer, Workflow, Config, Repository, RepositoryID, OwnerID, Ref, Commit, Runner, URL string
}

// Making says how a bundle is made; what is zero is made well.
type Making struct {
	PayloadType string
	Issued      time.Time // of the certificate, which lives for 10 minutes
	Logged      time.Time // when the log says that it saw it
	Elsewhere   bool      // the certificate is of another authority
	SCT         string    // "none", or "other log"
	Log         string    // "none", "other log", "other entry"
	Stamp       string    // "none" leaves the timestamp out
}

var fulcio = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1}

// certificate issues a certificate for a run, with its signed certificate
// timestamp.
func (s *Sigstore) certificate(r Run, m Making, k *ecdsa.PrivateKey) *x509.Certificate {
	s.t.Helper()
	name, err := url.Parse(r.Workflow)
	if err != nil {
		s.t.Fatal(err)
	}
	parent, by := s.intermediate, s.caKey
	if m.Elsewhere {
		other := New(s.t)
		parent, by = other.intermediate, other.caKey
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(m.Issued.UnixNano()), NotBefore: m.Issued, NotAfter: m.Issued.Add(10 * time.Minute), URIs: []*url.URL{name},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}}
	for n, text := range map[int]string{8: r.Issuer, 9: r.Workflow, 11: r.Runner, 12: r.Repository, 13: r.Commit, 14: r.Ref, 15: r.RepositoryID, 17: r.OwnerID, 18: r.Config, 21: r.URL} {
		der, err := asn1.MarshalWithParams(text, "utf8")
		if err != nil {
			s.t.Fatal(err)
		}
		c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: append(fulcio[:len(fulcio):len(fulcio)], n), Value: der})
	}
	if m.SCT == "none" {
		return s.certify(c, parent, k, by)
	}
	log := s.ct
	if m.SCT == "other log" {
		log = key(s.t)
	}
	before := s.certify(c, parent, k, by)
	der, err := asn1.Marshal(s.sct(log, parent, before, m.Issued))
	if err != nil {
		s.t.Fatal(err)
	}
	c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}, Value: der})
	return s.certify(c, parent, k, by)
}

// sct is a list of one signed certificate timestamp (RFC 6962, section 3).
func (s *Sigstore) sct(log *ecdsa.PrivateKey, parent, before *x509.Certificate, at time.Time) []byte {
	ms := uint64(at.UnixMilli())
	issuer := sha256.Sum256(parent.RawSubjectPublicKeyInfo)
	in := []byte{0, 0} // version 1, a certificate timestamp
	in = binary.BigEndian.AppendUint64(in, ms)
	in = append(in, 0, 1) // a pre-certificate
	in = append(in, issuer[:]...)
	n := len(before.RawTBSCertificate)
	in = append(in, byte(n>>16), byte(n>>8), byte(n))
	in = append(in, before.RawTBSCertificate...)
	in = append(in, 0, 0) // no extensions
	sig := sign(s.t, log, in)

	der, err := x509.MarshalPKIXPublicKey(log.Public())
	if err != nil {
		s.t.Fatal(err)
	}
	name := sha256.Sum256(der)
	out := append([]byte{0}, name[:]...)
	out = binary.BigEndian.AppendUint64(out, ms)
	out = append(out, 0, 0, 4, 3) // no extensions; SHA-256, ECDSA
	out = binary.BigEndian.AppendUint16(out, uint16(len(sig)))
	out = append(out, sig...)
	list := binary.BigEndian.AppendUint16(nil, uint16(len(out)+2))
	list = binary.BigEndian.AppendUint16(list, uint16(len(out)))
	return append(list, out...)
}
