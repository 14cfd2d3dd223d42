// Package idp is a sign-in provider (OpenID Connect) for tests and benchmarks, on a loopback
// address. It lets everybody in at once as the person it is told, and can be made
// to lie in every way that a test needs. Tests against a real provider are in
// internal/app.
package idp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// ClientID and ClientSecret are the one client that the provider knows.
const (
	ClientID     = "paddock"
	ClientSecret = "the client's secret"
)

// Provider is a provider. Its fields may be changed between requests.
type Provider struct {
	URL       string
	Now       func() time.Time
	Person    map[string]any // claims of who signs in; sub and email at least
	UserInfo  map[string]any // what userinfo says; nil is Person
	Discovery map[string]any
	Key       *ecdsa.PrivateKey
	KID       string
	Published jose.JSONWebKeySet
	// Claims changes the claims of an ID token before it is signed; Token makes the
	// whole token, in place of signing.
	Claims func(c map[string]any)
	Token  func(payload []byte) string
	// Back changes how the provider sends people back.
	Back  func(q url.Values)
	Down  atomic.Bool
	Asked atomic.Int64 // requests for keys

	mu    sync.Mutex
	codes map[string]url.Values
}

// New starts a provider. It signs with ES256.
func New(t testing.TB, now func() time.Time) *Provider {
	t.Helper()
	p := Start(now)
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	p.At(server.URL)
	return p
}

// Start makes a provider that is served by the caller, who then calls At.
func Start(now func() time.Time) *Provider {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	p := &Provider{Now: now, Key: key, KID: "k1", codes: map[string]url.Values{}, Person: map[string]any{"sub": "u1", "email": "ana@example.org", "email_verified": true}}
	p.Published = jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: p.KID, Algorithm: "ES256", Use: "sig"}}}
	return p
}

// At tells the provider where it is.
func (p *Provider) At(address string) {
	p.URL = address
	p.Discovery = map[string]any{"issuer": address, "authorization_endpoint": address + "/authorize", "token_endpoint": address + "/token", "jwks_uri": address + "/keys",
		"userinfo_endpoint": address + "/userinfo", "end_session_endpoint": address + "/end", "id_token_signing_alg_values_supported": []string{"ES256", "RS256", "HS256", "none"},
		"authorization_response_iss_parameter_supported": true, "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}}
}

// ServeHTTP implements http.Handler.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.Down.Load() {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	answer := func(v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		answer(p.Discovery)
	case "/keys":
		p.Asked.Add(1)
		answer(p.Published)
	case "/authorize":
		p.authorize(w, r)
	case "/token":
		p.token(w, r, answer)
	case "/userinfo":
		if p.UserInfo == nil {
			answer(p.Person)
			return
		}
		answer(p.UserInfo)
	default:
		http.NotFound(w, r)
	}
}

func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	to, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || q.Get("client_id") != ClientID || q.Get("code_challenge_method") != "S256" || q.Get("response_type") != "code" {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	code := rand.Text()
	p.mu.Lock()
	p.codes[code] = q
	p.mu.Unlock()
	back := url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {p.URL}}
	if p.Back != nil {
		p.Back(back)
	}
	to.RawQuery = back.Encode()
	http.Redirect(w, r, to.String(), http.StatusFound)
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request, answer func(any)) {
	_ = r.ParseForm()
	p.mu.Lock()
	asked, ok := p.codes[r.PostForm.Get("code")]
	delete(p.codes, r.PostForm.Get("code"))
	p.mu.Unlock()
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	if s, err := url.QueryUnescape(secret); err == nil {
		secret = s
	}
	refuse := func(status int, code string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": code})
	}
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	switch {
	case id != ClientID || secret != ClientSecret:
		refuse(http.StatusUnauthorized, "invalid_client")
	case !ok || base64.RawURLEncoding.EncodeToString(sum[:]) != asked.Get("code_challenge") || r.PostForm.Get("redirect_uri") != asked.Get("redirect_uri"):
		refuse(http.StatusBadRequest, "invalid_grant")
	default:
		answer(map[string]any{"access_token": "at", "token_type": "Bearer", "expires_in": 300, "id_token": p.IDToken(asked.Get("nonce"))})
	}
}

// IDToken makes an ID token for the person.
func (p *Provider) IDToken(nonce string) string {
	now := p.Now()
	c := maps.Clone(p.Person)
	sum := sha256.Sum256([]byte("at"))
	for name, v := range map[string]any{"iss": p.URL, "aud": ClientID, "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "auth_time": now.Unix(), "nonce": nonce,
		"sid": "s1", "at_hash": base64.RawURLEncoding.EncodeToString(sum[:16])} {
		c[name] = v
	}
	if p.Claims != nil {
		p.Claims(c)
	}
	payload, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	if p.Token != nil {
		return p.Token(payload)
	}
	return p.Sign(payload)
}

// Sign signs a payload with the provider's key.
func (p *Provider) Sign(payload []byte) string {
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: p.Key}, (&jose.SignerOptions{}).WithHeader("kid", p.KID))
	if err != nil {
		panic(err)
	}
	signed, err := s.Sign(payload)
	if err != nil {
		panic(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return text
}
