package pipeline_test

import (
	"bytes"
	"compress/flate"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/paddock-dev/paddock/internal/engine/identity/ci"
	"github.com/paddock-dev/paddock/internal/org/pipeline"
	"github.com/paddock-dev/paddock/internal/testkit/citokens"
)

// hostile is one token that must give nothing, and the one reason why.
type hostile struct {
	note, reason, token string
}

// corpus gathers hostile tokens.
type corpus struct {
	*works
	all []hostile
}

func (c *corpus) add(note, reason, token string) { c.all = append(c.all, hostile{note, reason, token}) }

// hubSays and labSays are tokens that the forge itself signed, with other claims.
func (c *corpus) hubSays(note, reason string, changed map[string]any) {
	c.add("github: "+note, reason, c.token(c.hub, changed))
}

func (c *corpus) labSays(note, reason string, changed map[string]any) {
	c.add("gitlab: "+note, reason, c.token(c.lab, changed))
}

// raw is a token with claims that are no Go value.
func (c *corpus) raw(note, reason string, change func(claims string) string) {
	claims := string(c.hub.JSON(c.hub.Claims(c.Ground.Clock.Now(), nil)))
	c.add(note, reason, c.hub.Sign(c.hub.Header(nil), []byte(change(claims))))
}

// headed is a token with another header, signed by the forge's key.
func (c *corpus) headed(note, reason string, changed map[string]any) {
	c.add(note, reason, c.hub.Sign(c.hub.Header(changed), c.hub.JSON(c.hub.Claims(c.Ground.Clock.Now(), nil))))
}

// TestHostileTokens exchanges every token of the corpus: each is refused for its
// one reason, and no access token comes into being.
func TestHostileTokens(t *testing.T) {
	w := newWorks(t)
	golden := map[string]any{"job_workflow_ref": "octo-org/pipelines/.github/workflows/golden.yml@refs/tags/v3", "job_workflow_sha": citokens.Pipeline,
		"environment": "prod:eu", "sub": "repo:octo-org@65/octo-app@74:environment:prod%3Aeu"}
	w.connect(w.hub, golden)
	w.connect(w.lab, nil)
	w.exchange("the good run of github", w.token(w.hub, golden), "")
	w.exchange("the good run of gitlab", w.token(w.lab, nil), "")

	c := &corpus{works: w}
	c.keysAndHeaders()
	c.shapes()
	c.timesAndAudiences()
	c.subjects()
	// From here on, each run differs from the good one in one thing.
	run := func(note, reason string, changed map[string]any) {
		all := map[string]any{}
		for k, v := range golden {
			all[k] = v
		}
		for k, v := range changed {
			all[k] = v
		}
		c.hubSays(note, reason, all)
	}
	c.repositories(run)
	c.runs(run)
	c.gitlab()
	c.replays(golden)

	given := w.count("token.exchange")
	seen, refused := map[string]bool{}, 0
	for _, h := range c.all {
		w.exchange(h.note, h.token, h.reason)
		if _, err := w.Exchange(w.Ctx(), h.token, "", nil); err != nil {
			refused++
		}
		if seen[h.note] {
			t.Errorf("%s is there twice", h.note)
		}
		seen[h.note] = true
	}
	if got := w.count("token.exchange"); got != given {
		t.Errorf("%d access tokens were given", got-given)
	}
	if len(c.all) < 60 {
		t.Errorf("the corpus has %d tokens, want 60 or more", len(c.all))
	}
	t.Logf("%d hostile tokens, %d refused", len(c.all), refused)
}

func (w *works) count(action string) (n int) {
	for _, a := range w.Events(0) {
		if a == action {
			n++
		}
	}
	return n
}

func (c *corpus) keysAndHeaders() {
	claims := c.hub.JSON(c.hub.Claims(c.Ground.Clock.Now(), nil))
	unsigned := func([]byte) []byte { return nil }
	c.add("alg none", ci.BadAlgorithm, citokens.Join(c.hub.Header(map[string]any{"alg": "none"}), claims, unsigned))
	c.add("alg None in other letters", ci.BadAlgorithm, citokens.Join(c.hub.Header(map[string]any{"alg": "nOnE"}), claims, unsigned))
	c.add("RS256 without a signature", ci.BadSignature, citokens.Join(c.hub.Header(nil), claims, unsigned))
	public, _ := x509.MarshalPKIXPublicKey(c.hub.Key.Public())
	for note, key := range map[string][]byte{"DER": public, "PEM": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})} {
		c.add("HS256 with the public key as "+note, ci.BadAlgorithm, citokens.Join(c.hub.Header(map[string]any{"alg": "HS256"}), claims, func(in []byte) []byte {
			m := hmac.New(sha256.New, key)
			m.Write(in)
			return m.Sum(nil)
		}))
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	c.Must(err)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	c.Must(err)
	foreign := func(in []byte) []byte { return citokens.RS256(c.t, other, in) }
	c.add("signed by somebody else", ci.BadSignature, citokens.Join(c.hub.Header(nil), claims, foreign))
	c.add("ES256 with a key for RS256", ci.BadSignature, citokens.Join(c.hub.Header(map[string]any{"alg": "ES256"}), claims, func(in []byte) []byte {
		sum := sha256.Sum256(in)
		r, s, err := ecdsa.Sign(rand.Reader, ec, sum[:])
		c.Must(err)
		return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	}))
	jwk := jose.JSONWebKey{Key: other.Public(), KeyID: "own", Algorithm: "RS256", Use: "sig"}
	c.add("a key in the header (jwk)", ci.BadHeader, citokens.Join(c.hub.Header(map[string]any{"jwk": jwk}), claims, foreign))
	c.add("a place of keys in the header (jku)", ci.BadHeader, citokens.Join(c.hub.Header(map[string]any{"jku": "https://evil.example.org/keys"}), claims, foreign))
	c.headed("a place of a certificate (x5u)", ci.BadHeader, map[string]any{"x5u": "https://evil.example.org/cert.pem"})
	c.headed("a certificate (x5c)", ci.BadHeader, map[string]any{"x5c": []string{"MIIB"}})
	c.headed("crit with a word nobody knows", ci.BadHeader, map[string]any{"crit": []string{"exp"}, "exp": 1})
	c.headed("b64 false", ci.BadHeader, map[string]any{"b64": false, "crit": []string{"b64"}})
	c.headed("zip in a signed token", ci.BadHeader, map[string]any{"zip": "DEF"})
	c.headed("another type", ci.BadHeader, map[string]any{"typ": "at+jwt"})
	c.headed("kid with a path", ci.BadKeyID, map[string]any{"kid": "../../../../dev/null"})
	c.headed("kid with SQL", ci.BadKeyID, map[string]any{"kid": "x' UNION SELECT 'key' --"})
	c.headed("kid that is no text", ci.BadKeyID, map[string]any{"kid": 7})
	c.headed("no kid", ci.BadKeyID, map[string]any{"kid": nil})
	c.headed("a kid that is not known", ci.UnknownKey, map[string]any{"kid": "not-known"})
	c.headed("RS512", ci.BadAlgorithm, map[string]any{"alg": "RS512"})
	c.add("alg twice in the header", ci.Duplicate, c.hub.Sign([]byte(`{"alg":"none","alg":"RS256","kid":"`+c.hub.KID+`"}`), claims))
}

func (c *corpus) shapes() {
	good := c.token(c.hub, nil)
	parts := strings.Split(good, ".")
	var deflated bytes.Buffer
	z, _ := flate.NewWriter(&deflated, 9)
	_, _ = z.Write(bytes.Repeat([]byte(" "), 1<<20))
	_ = z.Close()
	enc, err := jose.NewEncrypter(jose.A128GCM, jose.Recipient{Algorithm: jose.RSA_OAEP, Key: c.hub.Key.Public()}, &jose.EncrypterOptions{Compression: jose.DEFLATE})
	c.Must(err)
	sealed, err := enc.Encrypt([]byte(good))
	c.Must(err)
	jwe, err := sealed.CompactSerialize()
	c.Must(err)
	c.add("a compressed JWE", ci.NotAToken, jwe)
	c.add("a detached payload", ci.NotAToken, parts[0]+".."+parts[2])
	c.add("empty", ci.NotAToken, "")
	c.add("a fourth part", ci.NotAToken, good+".AAAA")
	c.add("a line feed after it", ci.NotAToken, good+"\n")
	c.add("padding", ci.NotAToken, good+"==")
	c.add("a signature with one letter more", ci.BadSignature, good+"AA")
	c.add("JSON instead of the compact form", ci.NotAToken, `{"payload":"`+parts[1]+`","protected":"`+parts[0]+`","signature":"`+parts[2]+`"}`)
	c.hubSays("huge claims", ci.TooBig, map[string]any{"workflow": strings.Repeat("x", 20<<10)})
	c.hubSays("one claim of 4 KiB", ci.BadClaim, map[string]any{"actor": strings.Repeat("x", 4<<10)})
	c.raw("nested JSON", ci.BadJSON, func(s string) string {
		return strings.Replace(s, "{", `{"x":`+strings.Repeat("[", 500)+strings.Repeat("]", 500)+",", 1)
	})
	c.raw("a thousand claims", ci.BadJSON, func(s string) string {
		return strings.Replace(s, "{", "{"+manyClaims(1000), 1)
	})
	c.raw("a claim twice", ci.Duplicate, func(s string) string { return strings.Replace(s, "{", `{"repository_id":"74",`, 1) })
	c.raw("a claim twice, once escaped", ci.Duplicate, func(s string) string { return strings.Replace(s, "{", `{"repositor\u0079_id":"74",`, 1) })
	c.raw("a claim twice, deep", ci.Duplicate, func(s string) string { return strings.Replace(s, "{", `{"x":{"a":1,"a":2},`, 1) })
	c.raw("something after the claims", ci.BadJSON, func(s string) string { return s + `{"repository_id":"1"}` })
	c.raw("a list of claims", ci.BadJSON, func(s string) string { return "[" + s + "]" })
	c.raw("no UTF-8", ci.BadJSON, func(s string) string { return strings.Replace(s, "octocat", "octo\xffcat", 1) })
	c.raw("a claim in capitals only", ci.MissingClaim, func(s string) string { return strings.Replace(s, `"repository_id"`, `"REPOSITORY_ID"`, 1) })
}

func manyClaims(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`"c` + strings.Repeat("a", i%7) + string(rune('a'+i%26)) + strings.Repeat("b", i/26) + `":0,`)
		if b.Len() > 9<<10 {
			break
		}
	}
	return b.String()
}

func (c *corpus) timesAndAudiences() {
	now := c.Ground.Clock.Now()
	c.hubSays("expired", ci.Expired, map[string]any{"iat": now.Add(-time.Hour).Unix(), "exp": now.Add(-61 * time.Second).Unix()})
	c.hubSays("not yet valid", ci.NotYet, map[string]any{"nbf": now.Add(2 * time.Minute).Unix()})
	c.hubSays("issued in the future", ci.NotYet, map[string]any{"iat": now.Add(2 * time.Minute).Unix()})
	c.hubSays("lives for a year", ci.TooLong, map[string]any{"exp": now.AddDate(1, 0, 0).Unix()})
	c.hubSays("no exp", ci.BadClaim, map[string]any{"exp": nil})
	c.hubSays("exp as text", ci.BadClaim, map[string]any{"exp": "9999999999"})
	c.raw("exp beyond all numbers", ci.BadClaim, func(s string) string { return strings.Replace(s, `"exp":`, `"exp":1e400,"x":`, 1) })
	c.hubSays("another audience", ci.WrongAudience, map[string]any{"aud": "https://github.com/octo-org"})
	c.hubSays("an audience like ours", ci.WrongAudience, map[string]any{"aud": citokens.Audience + "/"})
	c.hubSays("ours among several audiences", ci.WrongAudience, map[string]any{"aud": []string{citokens.Audience, "sts.amazonaws.com"}})
	c.hubSays("no audience", ci.WrongAudience, map[string]any{"aud": nil})
	for note, iss := range map[string]string{"a slash at its end": c.hub.URL + "/", "capitals": strings.ToUpper(c.hub.URL), "another port": c.hub.URL + "1",
		"a path": c.hub.URL + "/octo-inc", "the public forge's": ci.GitHub, "a look-alike": "https://token.actions.githubusercontent.com.evil.example.org", "a space": c.hub.URL + " "} {
		c.hubSays("issuer with "+note, ci.UnknownIssuer, map[string]any{"iss": iss})
	}
	c.hubSays("no issuer", ci.UnknownIssuer, map[string]any{"iss": nil})
	c.add("github's claims in the name of gitlab", ci.MissingClaim, c.hub.Token(now, map[string]any{"iss": c.lab.URL}))
	c.hubSays("no jti", ci.MissingClaim, map[string]any{"jti": nil})
	c.hubSays("jti that is no text", ci.BadClaim, map[string]any{"jti": 5})
}

func (c *corpus) subjects() {
	for note, sub := range map[string]string{"another repository": "repo:octo-org/other:ref:refs/heads/main", "another ref": "repo:octo-org/octo-app:ref:refs/heads/dev",
		"another repository's number": "repo:octo-org@65/octo-app@75:ref:refs/heads/main", "another owner's number": "repo:octo-org@66/octo-app@74:ref:refs/heads/main",
		"an environment that the claims do not name": "repo:octo-org/octo-app:environment:prod", "a pull request that the claims do not name": "repo:octo-org/octo-app:pull_request"} {
		c.hubSays("sub of "+note, ci.SubjectDiffers, map[string]any{"sub": sub})
	}
	for note, sub := range map[string]string{"a dash for the at sign": "repo:octo-org-65/octo-app-74:ref:refs/heads/main x", "one number only": "repo:octo-org@65/octo-app:ref:refs/heads/main",
		"a number with a zero before it": "repo:octo-org@065/octo-app@74:ref:refs/heads/main", "no context": "repo:octo-org/octo-app", "a context of somebody's own": "repo:octo-org/octo-app:job_workflow_ref:x",
		"three parts in the name": "repo:octo-org/octo-app/x:ref:refs/heads/main", "capitals": "REPO:octo-org/octo-app:ref:refs/heads/main"} {
		reason := ci.BadSubject
		if strings.HasPrefix(note, "a dash") {
			reason = ci.SubjectDiffers
		}
		c.hubSays("sub with "+note, reason, map[string]any{"sub": sub})
	}
	c.hubSays("sub that is no text", ci.BadClaim, map[string]any{"sub": []string{"repo:octo-org/octo-app:ref:refs/heads/main"}})
	c.hubSays("no sub", ci.MissingClaim, map[string]any{"sub": nil})
	c.hubSays("environment with a colon that sub does not write as %3A", ci.SubjectDiffers, map[string]any{"environment": "prod:eu", "sub": "repo:octo-org/octo-app:environment:prod:eu"})
	c.hubSays("environment in the claims only", ci.SubjectDiffers, map[string]any{"environment": "prod"})
	c.hubSays("name with an at sign", ci.BadClaim, map[string]any{"repository": "octo-org@65/octo-app@74", "sub": "repo:octo-org@65/octo-app@74:ref:refs/heads/main"})
	c.hubSays("repository of another owner", ci.BadClaim, map[string]any{"repository_owner": "evil"})
	c.hubSays("a Cyrillic letter in the repository", ci.BadClaim, map[string]any{"repository": "octo-org/oct\u043e-app", "sub": "repo:octo-org/oct\u043e-app:ref:refs/heads/main"})
	c.hubSays("letters that turn the text round", ci.BadClaim, map[string]any{"environment": "prod\u202e", "sub": "repo:octo-org/octo-app:environment:prod\u202e"})
	for note, id := range map[string]any{"a number": 74, "a fraction": 74.0001, "a number with an exponent": "7.4e1", "spaces": " 74", "a zero before it": "074", "a sign": "+74", "null": nil} {
		reason := ci.BadClaim
		if id == nil {
			reason = ci.MissingClaim
		}
		c.hubSays("id as "+note, reason, map[string]any{"repository_id": id})
	}
	c.hubSays("a ref that is not whole", ci.BadClaim, map[string]any{"ref": "main"})
	c.hubSays("a tag that says it is a branch", ci.BadClaim, map[string]any{"ref": "refs/tags/main"})
	c.hubSays("a branch that says it is a tag", ci.BadClaim, map[string]any{"ref_type": "tag"})
	c.hubSays("a short commit", ci.BadClaim, map[string]any{"sha": "7f0a5d2"})
}

func (c *corpus) repositories(run func(note, reason string, changed map[string]any)) {
	env := ":environment:prod%3Aeu"
	run("a fork", pipeline.NotConnected, map[string]any{"repository": "evil/octo-app", "repository_id": "666", "repository_owner": "evil", "repository_owner_id": "13", "sub": "repo:evil@13/octo-app@666" + env})
	run("deleted and made again by the same owner", pipeline.Recreated, map[string]any{"repository_id": "667", "sub": "repo:octo-org@65/octo-app@667" + env})
	run("owner's name taken by somebody else", pipeline.Recreated, map[string]any{"repository_id": "668", "repository_owner_id": "14", "sub": "repo:octo-org@14/octo-app@668" + env})
	run("deleted and made again, in the old form of sub", pipeline.Recreated, map[string]any{"repository_id": "667", "sub": "repo:octo-org/octo-app" + env})
	run("transferred to another owner", pipeline.Transferred, map[string]any{"repository": "new-org/octo-app", "repository_owner": "new-org", "repository_owner_id": "15", "sub": "repo:new-org@15/octo-app@74" + env})
	run("another repository of the same owner", pipeline.NotConnected, map[string]any{"repository": "octo-org/other", "repository_id": "75", "sub": "repo:octo-org@65/other@75" + env})
}

func (c *corpus) runs(run func(note, reason string, changed map[string]any)) {
	sub := func(context string) string { return "repo:octo-org@65/octo-app@74:" + context }
	run("a pull request", pipeline.WrongEvent, map[string]any{"event_name": "pull_request", "ref": "refs/pull/7/merge"})
	run("pull_request_target", pipeline.WrongEvent, map[string]any{"event_name": "pull_request_target"})
	run("workflow_run", pipeline.WrongEvent, map[string]any{"event_name": "workflow_run"})
	run("another branch", pipeline.WrongRef, map[string]any{"ref": "refs/heads/dev"})
	run("a tag named like the branch", pipeline.WrongRef, map[string]any{"ref": "refs/tags/main", "ref_type": "tag"})
	run("a branch named like the ref", pipeline.WrongRef, map[string]any{"ref": "refs/heads/refs/heads/main"})
	run("no environment", pipeline.WrongEnv, map[string]any{"environment": nil, "sub": sub("ref:refs/heads/main")})
	run("an environment that is literally called prod%3Aeu", pipeline.WrongEnv, map[string]any{"environment": "prod%3Aeu"})
	run("an environment in other letters", pipeline.WrongEnv, map[string]any{"environment": "Prod:eu", "sub": sub("environment:Prod%3Aeu")})
	run("an environment with a look-alike letter", pipeline.WrongEnv, map[string]any{"environment": "pr\u043ed:eu", "sub": sub("environment:pr\u043ed%3Aeu")})
	run("another workflow", pipeline.WrongFlow, map[string]any{"job_workflow_ref": "octo-org/pipelines/.github/workflows/other.yml@refs/tags/v3"})
	run("the same workflow at another tag", pipeline.WrongFlow, map[string]any{"job_workflow_ref": "octo-org/pipelines/.github/workflows/golden.yml@refs/tags/v4"})
	run("the tag of the workflow was moved", pipeline.ChangedFlow, map[string]any{"job_workflow_sha": "ffffffffffffffffffffffffffffffffffffffff"})
	run("the reusable workflow was swapped for one of the repository", pipeline.WrongFlow, map[string]any{"job_workflow_ref": "octo-org/octo-app/.github/workflows/golden.yml@refs/tags/v3"})
	run("a workflow of a repository with a like name", pipeline.WrongFlow, map[string]any{"job_workflow_ref": "octo-org/pipelines-x/.github/workflows/golden.yml@refs/tags/v3"})
	run("a runner of one's own", pipeline.WrongRunner, map[string]any{"runner_environment": "self-hosted"})
	run("a runner of no kind", ci.BadClaim, map[string]any{"runner_environment": "mine"})
}

func (c *corpus) gitlab() {
	c.labSays("a merge request", pipeline.WrongEvent, map[string]any{"pipeline_source": "merge_request_event", "ref": "feature", "ref_path": "refs/merge-requests/1/head", "ref_protected": "false", "sub": "project_path:kitchen/menu:ref_type:branch:ref:feature"})
	c.labSays("a merge request of a fork that runs in the target project", ci.BadClaim, map[string]any{"pipeline_source": "merge_request_event", "job_project_id": "20", "project_id": "4711", "project_path": "evil/menu",
		"namespace_path": "evil", "namespace_id": "13", "sub": "project_path:evil/menu:ref_type:branch:ref:main"})
	c.labSays("a fork", pipeline.NotConnected, map[string]any{"project_id": "4711", "project_path": "evil/menu", "namespace_path": "evil", "namespace_id": "13", "sub": "project_path:evil/menu:ref_type:branch:ref:main",
		"ci_config_ref_uri": "gitlab.example.com/evil/menu//.gitlab-ci.yml@refs/heads/main"})
	c.labSays("a ref that is not protected", ci.BadClaim, map[string]any{"ref_protected": "false"})
	c.labSays("ref_protected that is no text", ci.BadClaim, map[string]any{"ref_protected": true})
	c.labSays("a project that was deleted and made again", pipeline.Recreated, map[string]any{"project_id": "21"})
	c.labSays("a project in another namespace", pipeline.Transferred, map[string]any{"namespace_id": "73"})
	c.labSays("sub of another project", ci.SubjectDiffers, map[string]any{"sub": "project_path:kitchen/other:ref_type:branch:ref:main"})
	c.labSays("sub with a ref that ends early", ci.SubjectDiffers, map[string]any{"sub": "project_path:kitchen/menu:ref_type:tag:ref:main"})
	c.labSays("sub of the project's own form", ci.BadSubject, map[string]any{"sub": "project_path:kitchen/menu"})
	c.labSays("a tag named like the branch", pipeline.WrongFlow, map[string]any{"ref_type": "tag", "ref_path": "refs/tags/main", "sub": "project_path:kitchen/menu:ref_type:tag:ref:main", "ci_config_ref_uri": "gitlab.example.com/kitchen/menu//.gitlab-ci.yml@refs/tags/main"})
	c.labSays("ref_path that disagrees", ci.BadClaim, map[string]any{"ref_path": "refs/tags/main"})
	c.labSays("configuration of another project", pipeline.WrongFlow, map[string]any{"ci_config_ref_uri": "gitlab.example.com/evil/ci//.gitlab-ci.yml@refs/heads/main"})
	c.labSays("configuration of another commit", pipeline.ChangedFlow, map[string]any{"ci_config_sha": citokens.Pipeline})
	c.labSays("configuration of no project", ci.MissingClaim, map[string]any{"ci_config_ref_uri": nil})
	c.labSays("a runner of one's own", pipeline.WrongRunner, map[string]any{"runner_environment": "self-hosted"})
	c.labSays("an environment", pipeline.WrongEnv, map[string]any{"environment": "prod"})
}

func (c *corpus) replays(golden map[string]any) {
	used := c.token(c.hub, golden)
	c.exchange("the first use", used, "")
	c.add("used before", pipeline.Replayed, used)
	again := map[string]any{"jti": "6ba7b810-9dad-11d1-80b4-replay"}
	for k, v := range golden {
		again[k] = v
	}
	c.exchange("the first use of a jti", c.token(c.hub, again), "")
	c.add("a jti that was used before, in a token of another second", pipeline.Replayed, c.hub.Token(c.Ground.Clock.Now().Add(time.Second), again))
	asked := c.token(c.hub, nil)
	_, _, err := c.Connect(c.Ctx(), c.app.Name, asked)
	c.Must(err)
	c.add("used to connect", pipeline.Replayed, asked)
	c.add("not confirmed yet", pipeline.Waits, c.token(c.hub, nil))
}
