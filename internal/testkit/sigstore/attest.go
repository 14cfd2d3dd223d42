package sigstore

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

const origin = "rekor.test"

type object = map[string]any

// Attest signs a payload as a run does and returns the bundle, version 0.3.
func (s *Sigstore) Attest(r Run, payload []byte, m Making) []byte {
	s.t.Helper()
	if m.PayloadType == "" {
		m.PayloadType = "application/vnd.in-toto+json"
	}
	if m.Issued.IsZero() {
		m.Issued = s.now.Add(-5 * time.Minute)
	}
	if m.Logged.IsZero() {
		m.Logged = m.Issued.Add(time.Minute)
	}
	k := key(s.t)
	cert := s.certificate(r, m, k)
	sig := sign(s.t, k, []byte(fmt.Sprintf("DSSEv1 %d %s %d %s", len(m.PayloadType), m.PayloadType, len(payload), payload)))
	material := object{"certificate": object{"rawBytes": cert.Raw}}
	if m.Log != "none" {
		material["tlogEntries"] = []any{s.entryFor(cert, m, payload, sig)}
	}
	if m.Stamp != "none" {
		stamp, err := s.stamps.TimestampResponse(sig)
		if err != nil {
			s.t.Fatal(err)
		}
		material["timestampVerificationData"] = object{"rfc3161Timestamps": []any{object{"signedTimestamp": stamp}}}
	}
	b, err := json.Marshal(object{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial": material,
		"dsseEnvelope": object{"payload": payload, "payloadType": m.PayloadType, "signatures": []any{object{"sig": sig}}}})
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

// entryFor logs a signature: entry, promise, proof of inclusion among five
// others, signed checkpoint.
func (s *Sigstore) entryFor(cert *x509.Certificate, m Making, payload, sig []byte) object {
	s.t.Helper()
	log := s.log
	if m.Log == "other log" {
		log = key(s.t)
	}
	said := payload
	if m.Log == "other entry" {
		said = []byte("{}")
	}
	body := s.body(cert, said, sig)
	promise, err := json.Marshal(object{"body": body, "integratedTime": m.Logged.Unix(), "logID": id(log), "logIndex": 3})
	if err != nil {
		s.t.Fatal(err)
	}
	size, root, proof := s.tree(body, 3)
	hashes := []any{}
	for _, h := range proof {
		hashes = append(hashes, h[:])
	}
	name, _ := hex.DecodeString(id(log))
	return object{"logIndex": "3", "logId": object{"keyId": name}, "kindVersion": object{"kind": "dsse", "version": "0.0.1"}, "integratedTime": strconv.FormatInt(m.Logged.Unix(), 10),
		"inclusionPromise": object{"signedEntryTimestamp": sign(s.t, log, promise)}, "canonicalizedBody": body,
		"inclusionProof": object{"logIndex": "3", "treeSize": strconv.FormatInt(size, 10), "rootHash": root[:], "hashes": hashes, "checkpoint": object{"envelope": s.checkpoint(log, size, root)}}}
}

// body is the log's entry of kind dsse, version 0.0.1.
func (s *Sigstore) body(cert *x509.Certificate, payload, sig []byte) []byte {
	s.t.Helper()
	sum := func(b []byte) object {
		h := sha256.Sum256(b)
		return object{"algorithm": "sha256", "value": hex.EncodeToString(h[:])}
	}
	b, err := json.Marshal(object{"apiVersion": "0.0.1", "kind": "dsse", "spec": object{"envelopeHash": sum(sig), "payloadHash": sum(payload),
		"signatures": []any{object{"signature": base64.StdEncoding.EncodeToString(sig), "verifier": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})}}}})
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

// tree is a log of six entries with body at index n.
func (s *Sigstore) tree(body []byte, n int64) (int64, tlog.Hash, tlog.RecordProof) {
	s.t.Helper()
	var hashes []tlog.Hash
	read := tlog.HashReaderFunc(func(at []int64) (out []tlog.Hash, err error) {
		for _, i := range at {
			out = append(out, hashes[i])
		}
		return out, nil
	})
	const size = 6
	for i := range int64(size) {
		text := fmt.Appendf(nil, "entry %d", i)
		if i == n {
			text = body
		}
		more, err := tlog.StoredHashes(i, text, read)
		if err != nil {
			s.t.Fatal(err)
		}
		hashes = append(hashes, more...)
	}
	root, err := tlog.TreeHash(size, read)
	if err != nil {
		s.t.Fatal(err)
	}
	proof, err := tlog.ProveRecord(size, n, read)
	if err != nil {
		s.t.Fatal(err)
	}
	return size, root, proof
}

// checkpoint is a signed tree head as the log of the public Sigstore writes it.
func (s *Sigstore) checkpoint(log *ecdsa.PrivateKey, size int64, root tlog.Hash) string {
	text := fmt.Sprintf("%s - 1193050959916656506\n%d\n%s\n", origin, size, base64.StdEncoding.EncodeToString(root[:]))
	name, _ := hex.DecodeString(id(log))
	sig := append(name[:4:4], sign(s.t, log, []byte(text))...)
	return text + "\n— " + origin + " " + base64.StdEncoding.EncodeToString(sig) + "\n"
}
