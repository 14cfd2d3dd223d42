package sigstore

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/attest"
	kit "github.com/paddock-dev/paddock/internal/testkit/sigstore"
)

// bad is one bundle with one fault, and a part of the reason that must be given.
type bad struct {
	note string
	make func(s *scene) []byte
	says string
}

// signer is a good bundle of GitHub but for what the certificate says.
func signer(change func(r *kit.Run)) func(s *scene) []byte {
	return func(s *scene) []byte {
		r := githubRun()
		change(&r)
		return s.Attest(r, text(githubStatement()), kit.Making{})
	}
}

// said is a good bundle but for one value of the statement.
func said(value any, path ...any) func(s *scene) []byte {
	return func(s *scene) []byte {
		o := githubStatement()
		set(o, value, path...)
		return s.Attest(githubRun(), text(o), kit.Making{})
	}
}

// labSaid is said of GitLab.
func labSaid(value any, path ...any) func(s *scene) []byte {
	return func(s *scene) []byte {
		o := gitlabStatement()
		set(o, value, path...)
		return s.Attest(gitlabRun(), text(o), kit.Making{})
	}
}

// payload signs a text as it is.
func payload(change func(good string) string) func(s *scene) []byte {
	return func(s *scene) []byte {
		return s.Attest(githubRun(), []byte(change(string(text(githubStatement())))), kit.Making{})
	}
}

// made is a good statement signed in another way.
func made(m func(s *scene) kit.Making) func(s *scene) []byte {
	return func(s *scene) []byte { return s.Attest(githubRun(), text(githubStatement()), m(s)) }
}

// edited is a good bundle changed after it was signed.
func edited(change func(o object)) func(s *scene) []byte {
	return func(s *scene) []byte {
		o := parsed(string(s.Attest(githubRun(), text(githubStatement()), kit.Making{})))
		change(o)
		return text(o)
	}
}

// raw is the text of a good bundle, changed.
func raw(change func(good string) string) func(s *scene) []byte {
	return func(s *scene) []byte {
		return []byte(change(string(s.Attest(githubRun(), text(githubStatement()), kit.Making{}))))
	}
}

const (
	def    = "buildDefinition"
	chain  = "not by the trusted authority"
	inCT   = "not in the trusted certificate log"
	inLog  = "entry in the transparency log does not hold"
	stamp  = "proves when it was signed"
	sig    = "its signature is not good"
	other  = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	fork   = "https://github.com/mallory/payroll"
	branch = "@refs/heads/evil"
)

func logEntry(o object) object {
	return o["verificationMaterial"].(object)["tlogEntries"].([]any)[0].(object)
}

// signedBy is about the signature, the certificate, the log and the time.
var signedBy = []bad{
	{"certificate of another authority", made(func(*scene) kit.Making { return kit.Making{Elsewhere: true} }), chain},
	{"certificate expired when it signed", made(func(s *scene) kit.Making {
		return kit.Making{Issued: s.Now().Add(-48 * time.Hour), Logged: s.Now().Add(-24 * time.Hour)}
	}), inLog},
	{"certificate not yet valid when it signed", made(func(s *scene) kit.Making { return kit.Making{Logged: s.Now().Add(-time.Hour)} }), inLog},
	{"issued before the authority was", made(func(s *scene) kit.Making {
		return kit.Making{Issued: s.Now().Add(-200 * 24 * time.Hour), Stamp: "none"}
	}), chain}, // the logs are older: their entries hold
	{"signed in the future", made(func(s *scene) kit.Making { return kit.Making{Issued: s.Now().Add(24 * time.Hour), Stamp: "none"} }), "future"},
	{"no signed certificate timestamp", made(func(*scene) kit.Making { return kit.Making{SCT: "none"} }), inCT},
	{"certificate timestamp of another CT log", made(func(*scene) kit.Making { return kit.Making{SCT: "other log"} }), inCT},
	{"no entry in the transparency log", made(func(*scene) kit.Making { return kit.Making{Log: "none"} }), inLog},
	{"entry in another log", made(func(*scene) kit.Making { return kit.Making{Log: "other log"} }), inLog},
	{"entry about another payload", made(func(*scene) kit.Making { return kit.Making{Log: "other entry"} }), inLog},
	{"truncated proof of inclusion", edited(func(o object) {
		p := logEntry(o)["inclusionProof"].(object)
		p["hashes"] = p["hashes"].([]any)[1:]
	}), inLog},
	{"proof of inclusion at another place", edited(func(o object) { logEntry(o)["inclusionProof"].(object)["logIndex"] = "2" }), inLog},
	{"checkpoint with another root", edited(func(o object) {
		c := logEntry(o)["inclusionProof"].(object)["checkpoint"].(object)
		c["envelope"] = replaced(c["envelope"].(string), "\n6\n", "\n7\n")
	}), inLog},
	{"promise for another time", edited(func(o object) { logEntry(o)["integratedTime"] = "1700000000" }), inLog},
	{"entry without proof", edited(func(o object) { delete(logEntry(o), "inclusionProof") }), "whole Sigstore bundle"},
	{"entry without promise or stamp", edited(func(o object) {
		delete(logEntry(o), "inclusionPromise")
		delete(o["verificationMaterial"].(object), "timestampVerificationData")
	}), stamp},
	{"the same entry twice", edited(func(o object) {
		m := o["verificationMaterial"].(object)
		m["tlogEntries"] = append(m["tlogEntries"].([]any), logEntry(o))
	}), inLog},
	{"signature of other bytes", edited(func(o object) {
		set(o, base64.StdEncoding.EncodeToString([]byte("no signature")), "dsseEnvelope", "signatures", 0, "sig")
	}), inLog},
	{"tampered payload", edited(func(o object) {
		p, _ := base64.StdEncoding.DecodeString(o["dsseEnvelope"].(object)["payload"].(string))
		set(o, []byte(replaced(string(p), digest[7:], other)), "dsseEnvelope", "payload")
	}), inLog},
	{"a key in place of the certificate", edited(func(o object) { o["verificationMaterial"] = object{"publicKey": object{"hint": "x"}} }), "nobody vouches"},
	{"certificate of another run's bundle", func(s *scene) []byte {
		a, b := parsed(string(s.Attest(githubRun(), text(githubStatement()), kit.Making{}))), parsed(string(s.Attest(githubRun(), text(githubStatement()), kit.Making{})))
		set(a, b["verificationMaterial"].(object)["certificate"], "verificationMaterial", "certificate")
		return text(a)
	}, inLog},
}

// whoSigned is about identity: good cryptography by the wrong run.
var whoSigned = []bad{
	{"wrong issuer", signer(func(r *kit.Run) { r.Issuer = "https://accounts.example.com" }), "another issuer"},
	{"issuer with a suffix", signer(func(r *kit.Run) { r.Issuer += "/evil" }), "another issuer"},
	{"workflow of a fork", signer(func(r *kit.Run) { r.Workflow = fork + "/.github/workflows/release.yml@refs/heads/main" }), "another workflow"},
	{"another workflow of the repository", signer(func(r *kit.Run) { r.Workflow = repo + "/.github/workflows/test.yml@refs/heads/main" }), "another workflow"},
	{"source is a fork", signer(func(r *kit.Run) { r.Repository = fork }), "another repository"},
	{"repository was taken over: right name, other number", signer(func(r *kit.Run) { r.RepositoryID = "9" }), "another number"},
	{"owner was taken over", signer(func(r *kit.Run) { r.OwnerID = "9" }), "another number"},
	{"workflow at another branch", signer(func(r *kit.Run) { r.Workflow = strings.Replace(flow, "@refs/heads/main", branch, 1) }), "not at an allowed ref"},
	{"workflow at no ref", signer(func(r *kit.Run) { r.Workflow = strings.Replace(flow, "@refs/heads/main", "", 1) }), "not at an allowed ref"},
	{"built from another branch", signer(func(r *kit.Run) { r.Ref = "refs/heads/evil" }), "a ref that is not allowed"},
	{"built from a pull request", signer(func(r *kit.Run) { r.Ref = "refs/pull/7/merge" }), "a ref that is not allowed"},
	{"built from a tag that only begins alike", signer(func(r *kit.Run) { r.Ref = "refs/tags/v" }), "a ref that is not allowed"},
	{"self-hosted runner", signer(func(r *kit.Run) { r.Runner = "self-hosted" }), "self-hosted"},
	{"runner of another CI system", signer(func(r *kit.Run) { r.Runner = "gitlab-hosted" }), "self-hosted"},
	{"no commit in the certificate", signer(func(r *kit.Run) { r.Commit = "" }), "no commit"},
	{"GitLab's provenance by GitHub's run", func(s *scene) []byte { return s.Attest(githubRun(), text(gitlabStatement()), kit.Making{}) }, "unknown builder"},
}

// whatIsSaid is about the statement: the right run says the wrong thing.
var whatIsSaid = []bad{
	{"wrong subject", said(other, "subject", 0, "digest", "sha256"), "another artifact"},
	{"two subjects", said([]any{object{"digest": object{"sha256": digest[7:]}}, object{"digest": object{"sha256": other}}}, "subject"), "several things"},
	{"no subject", said([]any{}, "subject"), "about nothing"},
	{"subject by SHA-1 only", said(object{"sha1": commit}, "subject", 0, "digest"), "SHA-256"},
	{"subject by a tag", said(object{"sha256": "latest"}, "subject", 0, "digest"), "SHA-256"},
	{"digest in capital letters", said(object{"sha256": strings.ToUpper(digest[7:])}, "subject", 0, "digest"), "SHA-256"},
	{"older statement", said("https://in-toto.io/Statement/v0.1", "_type"), "version 1"},
	{"older provenance", said("https://slsa.dev/provenance/v0.2", "predicateType"), "another type"},
	{"replayed summary", said("https://slsa.dev/verification_summary/v1", "predicateType"), "another type"},
	{"a field that is not known", said(true, "trusted"), "not known"},
	{"a field that differs by case", payload(func(s string) string { return replaced(s, `"subject":`, `"Subject":[],"subject":`) }), "not known"},
	{"keys of the payload twice", payload(func(s string) string { return replaced(s, `"subject":`, `"subject":[],"subject":`) }), "clean"},
	{"payload is no JSON", payload(func(string) string { return "approved" }), "clean"},
	{"payload is a list", payload(func(s string) string { return "[" + s + "]" }), "clean"},
	{"payload with text after it", payload(func(s string) string { return s + "{}" }), "clean"},
	{"wrong builder", said("https://evil.example/builder", "predicate", "runDetails", "builder", "id"), "unknown builder"},
	{"builder with a suffix", said(flow+"x", "predicate", "runDetails", "builder", "id"), "unknown builder"},
	{"wrong build type", said("https://evil.example/build/v1", "predicate", def, "buildType"), "way of building"},
	{"build type of another CI system", said("https://docs.gitlab.com/ci/pipeline_security/slsa/provenance_v1", "predicate", def, "buildType"), "way of building"},
	{"unknown external parameter", said("x", "predicate", def, "externalParameters", "inputs"), "external parameter that is not known"},
	{"unknown part of the workflow", said("x", "predicate", def, "externalParameters", "workflow", "shell"), "external parameter that is not known"},
	{"missing external parameter", said(object{"ref": "refs/heads/main"}, "predicate", def, "externalParameters", "workflow"), "missing"},
	{"no external parameters", said(object{}, "predicate", def, "externalParameters"), "not complete"},
	{"parameter contradicts the certificate", said(fork, "predicate", def, "externalParameters", "workflow", "repository"), "contradict"},
	{"runner contradicts the certificate", said("self-hosted", "predicate", def, "internalParameters", "github", "runner_environment"), "contradict"},
	{"unknown internal parameter", said("x", "predicate", def, "internalParameters", "github", "token"), "internal parameter that is not known"},
	{"another commit", said(strings.Repeat("c", 40), "predicate", def, "resolvedDependencies", 0, "digest", "gitCommit"), "something else than its commit"},
	{"source without digest", said(object{}, "predicate", def, "resolvedDependencies", 0, "digest"), "something else than its commit"},
	{"source elsewhere", said("git+"+fork+"@refs/heads/main", "predicate", def, "resolvedDependencies", 0, "uri"), "something else than its commit"},
	{"no source", said([]any{}, "predicate", def, "resolvedDependencies"), "does not name the commit"},
	{"another run's story", said(repo+"/actions/runs/2/attempts/1", "predicate", "runDetails", "metadata", "invocationId"), "another run"},
	{"unknown field in the provenance", said("x", "predicate", "more"), "not known"},
	{"GitLab: variable set by hand", labSaid("evil", "predicate", def, "externalParameters", "variables", "LD_PRELOAD"), "variable that is not known"},
	{"GitLab: variable of another commit", labSaid(strings.Repeat("c", 40), "predicate", def, "externalParameters", "variables", "CI_COMMIT_SHA"), "contradict"},
	{"GitLab: source of another project", labSaid(lab+"2", "predicate", def, "externalParameters", "source"), "contradict"},
	{"GitLab: unknown external parameter", labSaid("x", "predicate", def, "externalParameters", "image"), "external parameter that is not known"},
	{"GitLab: runner of another project", labSaid("https://gitlab.com/mallory/x/-/runners/1", "predicate", "runDetails", "builder", "id"), "unknown builder"},
}

// form is about the file itself.
var form = []bad{
	{"empty", func(*scene) []byte { return nil }, "clean"},
	{"empty object", func(*scene) []byte { return []byte("{}") }, "version 0.3"},
	{"truncated", raw(func(s string) string { return s[:len(s)/2] }), "clean"},
	{"text after it", raw(func(s string) string { return s + "{}" }), "clean"},
	{"oversized", raw(func(s string) string { return s + strings.Repeat(" ", attest.MaxBundle) }), "too large"},
	{"deep nesting", func(*scene) []byte { return []byte(`{"x":` + strings.Repeat("[", 100_000)) }, "clean"},
	{"too many values", func(*scene) []byte { return []byte(`{"x":[` + strings.Repeat("0,", 500_000) + `0]}`) }, "clean"},
	{"keys twice", raw(func(s string) string { return `{"mediaType":"x",` + s[1:] }), "clean"},
	{"keys twice by two spellings", raw(func(s string) string { return `{"media_type":"x",` + s[1:] }), "not a Sigstore bundle"},
	{"unknown field", raw(func(s string) string { return `{"trusted":true,` + s[1:] }), "not a Sigstore bundle"},
	{"older media type", raw(func(s string) string { return replaced(s, "bundle.v0.3+json", "bundle+json;version=0.1") }), "version 0.3"},
	{"newer media type", raw(func(s string) string { return replaced(s, "v0.3+json", "v0.4+json") }), "version 0.3"},
	{"empty signatures", edited(func(o object) { set(o, []any{}, "dsseEnvelope", "signatures") }), "exactly one signature"},
	{"two signatures", edited(func(o object) {
		e := o["dsseEnvelope"].(object)
		e["signatures"] = append(e["signatures"].([]any), e["signatures"].([]any)[0])
	}), "exactly one signature"},
	{"payload type confusion", edited(func(o object) { set(o, "text/plain", "dsseEnvelope", "payloadType") }), "something else"},
	{"signed under another payload type", made(func(*scene) kit.Making { return kit.Making{PayloadType: "application/json"} }), "something else"},
	{"a signed message in place of a statement", edited(func(o object) {
		delete(o, "dsseEnvelope")
		o["messageSignature"] = object{"messageDigest": object{"algorithm": "SHA2_256", "digest": "AA=="}, "signature": "AA=="}
	}), "without a signed statement"},
	{"no verification material", edited(func(o object) { delete(o, "verificationMaterial") }), "by which key or certificate"},
	{"certificate chain in place of a certificate", edited(func(o object) {
		m := o["verificationMaterial"].(object)
		m["x509CertificateChain"] = object{"certificates": []any{m["certificate"]}}
		delete(m, "certificate")
	}), "by which key or certificate"},
	{"certificate is no certificate", edited(func(o object) { set(o, "AA==", "verificationMaterial", "certificate", "rawBytes") }), inLog},
}

// unlogged is about a Sigstore without logs, where a timestamp proves the time.
var unlogged = []bad{
	{"unlogged: tampered payload", alone(kit.Making{}, func(o object) {
		p, _ := base64.StdEncoding.DecodeString(o["dsseEnvelope"].(object)["payload"].(string))
		set(o, []byte(replaced(string(p), digest[7:], other)), "dsseEnvelope", "payload")
	}), sig},
	{"unlogged: certificate of another authority", alone(kit.Making{Elsewhere: true}, func(object) {}), chain},
	{"unlogged: expired chain", alone(kit.Making{Issued: time.Now().Add(-48 * time.Hour)}, func(object) {}), chain},
	{"unlogged: no timestamp", alone(kit.Making{Stamp: "none"}, func(object) {}), stamp},
	{"unlogged: timestamp of another signature", func(s *scene) []byte {
		a, b := parsed(string(alone(kit.Making{}, func(object) {})(s))), parsed(string(alone(kit.Making{}, func(object) {})(s)))
		set(a, b["verificationMaterial"].(object)["timestampVerificationData"], "verificationMaterial", "timestampVerificationData")
		return text(a)
	}, stamp},
	{"unlogged: truncated timestamp", alone(kit.Making{}, func(o object) {
		set(o, "MIIB", "verificationMaterial", "timestampVerificationData", "rfc3161Timestamps", 0, "signedTimestamp")
	}), stamp},
}

// alone is a good bundle without logs, changed after it was signed.
func alone(m kit.Making, change func(o object)) func(s *scene) []byte {
	return func(s *scene) []byte {
		m.Log, m.SCT = "none", "none"
		o := parsed(string(s.Attest(githubRun(), text(githubStatement()), m)))
		change(o)
		return text(o)
	}
}

// A corpus of bad bundles from outside: each is a good one with one fault, and
// each is refused for that fault.
func TestBadBundles(t *testing.T) {
	s := newScene(t)
	count := 0
	for i, group := range [][]bad{signedBy, whoSigned, whatIsSaid, form, unlogged} {
		if i == 4 {
			s.trust.Rules[0].Root = "private"
		}
		for _, c := range group {
			count++
			b := c.make(s)
			p, err := s.verify(b)
			if core.CodeOf(err) != core.Blocked || !strings.Contains(err.Error(), c.says) || p.Rule != "" {
				t.Errorf("%s: %+v, %v (%v); want %q", c.note, p, err, core.AsError(err), c.says)
			}
		}
	}
	t.Logf("%d bad bundles, each refused for its own reason", count)
	if count < 40 {
		t.Errorf("only %d cases", count)
	}
}

// FuzzBundle feeds the way of a bundle from outside, up to the rules.
func FuzzBundle(f *testing.F) {
	s := newScene(f)
	good := s.Attest(githubRun(), text(githubStatement()), kit.Making{})
	f.Add(good)
	for _, c := range form {
		if b := c.make(s); len(b) < 100_000 {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := s.verify(b)
		if err == nil && (p.Subject != digest || p.By.Commit != commit) {
			t.Fatalf("accepted %q", b)
		}
	})
}
