package app

import (
	"context"
	"encoding/json"
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/engine/policy/bundle"
	"github.com/paddock-dev/paddock/internal/testkit/corpus"
	"github.com/paddock-dev/paddock/internal/testkit/opa"
)

// somebody is a new person with roles.
func somebody(t *testing.T, h *house, roles ...core.Role) core.Person {
	t.Helper()
	who, err := h.identity.AddPerson(t.Context(), core.System("test"), "sec@example.org", "", roles)
	must(t, err)
	return who
}

func token(t *testing.T, h *house, who core.Person, scope string) string {
	t.Helper()
	value, _, err := h.identity.NewToken(t.Context(), who, scope, scope, 0)
	must(t, err)
	return string(value.Open())
}

// revise publishes the rules in force with some files changed, as a push does.
func revise(t *testing.T, h *house, who core.Person, changes map[string]string) {
	t.Helper()
	files := map[string][]byte{}
	tree := h.shelf.Current().Files
	must(t, fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files[name], err = fs.ReadFile(tree, name)
		}
		return err
	}))
	for name, text := range changes {
		files[name] = []byte(text)
	}
	commit, err := h.forge.Replace(t.Context(), GovernanceRepo, "main", h.shelf.Current().ID, files, "Sec <sec@example.org>", "Change the rules", time.Unix(1772366400, 0))
	must(t, err)
	lines, err := h.govern.Main(t.Context(), who, core.Actor{Kind: core.ActorPerson, ID: who.ID}, commit)
	must(t, err)
	if h.shelf.Current().ID != commit {
		t.Fatal(strings.Join(lines, "\n"))
	}
}

// agree asks the stock OPA and our own gates about every app of the corpus, and
// returns how many differ and how many are denied.
func agree(t *testing.T, h *house, server *opa.Server) (differ, denied int) {
	t.Helper()
	rules := h.shelf.Current()
	for _, c := range corpus.Of(rules) {
		for _, gate := range corpus.Gates() {
			doc := c.At(gate)
			ours, err := rules.Policy.Answer(t.Context(), gate, doc)
			must(t, err)
			var theirs core.Verdicts
			server.Ask(bundle.Root+"/"+strings.ReplaceAll(string(gate), ".", "/"), doc, &theirs)
			if !bundle.Same(ours.Verdicts, theirs) {
				differ++
				t.Errorf("%s at %s: OPA says %+v, we say %+v", c.Name, gate, theirs, ours.Verdicts)
			}
			if len(ours.Verdicts.Deny) > 0 {
				denied++
			}
		}
	}
	return differ, denied
}

// POL-5: a stock OPA pulls the rules from a running server, verifies who signed
// them, and gives 200 apps the answers that the gates give; when new rules come
// into force, it has them at once.
func TestStockOPAGivesOurAnswers(t *testing.T) {
	h := openHouse(t)
	who := somebody(t, h, core.RolePlatform, core.RoleSecurity)
	server := opa.Start(t, opaConfig(serve(t, h), token(t, h, who, identity.ScopeOPA), h.keys.OutsidePEM()))
	server.Activated("paddock", h.shelf.Current().Policy.Revision())
	_, before := agree(t, h, server)

	revise(t, h, who, map[string]string{"policies/names.rego": `package paddock.app.create

deny contains {"code": "name_refused", "message": "Not this name.", "fix": "Choose another."} if startswith(input.app.name, "app-1")

deny contains {"code": "name_is_odd", "message": "An odd name.", "fix": "Choose another."} if startswith(input.app.name, "app-00")
`, "policies/rollout.yaml": "rules:\n  name_is_odd: warn\n  registry_not_allowed: \"off\"\n"})
	server.Activated("paddock", h.shelf.Current().Policy.Revision())
	if _, after := agree(t, h, server); after == before || after == 0 {
		t.Errorf("the new rules change nothing: %d denied before, %d after", before, after)
	}
}

// opaConfig is the configuration that the guide shows.
func opaConfig(url, token, pem string) map[string]any {
	return map[string]any{
		"services": map[string]any{"paddock": map[string]any{"url": url + "/opa", "credentials": map[string]any{"bearer": map[string]any{"token": token}}}},
		"keys":     map[string]any{bundle.KeyID: map[string]any{"key": pem, "algorithm": "ES256"}},
		"bundles": map[string]any{"paddock": map[string]any{"service": "paddock", "resource": "bundles/paddock.tar.gz", "signing": map[string]any{"keyid": bundle.KeyID},
			"polling": map[string]any{"min_delay_seconds": 1, "max_delay_seconds": 2, "long_polling_timeout_seconds": 60}}},
	}
}

// POL-2: a stock OPA sends its own decision log; its decisions are the gates', and
// those that it made by other rules than those in force are flagged.
func TestStockOPASendsItsDecisions(t *testing.T) {
	h := openHouse(t)
	who := somebody(t, h, core.RolePlatform, core.RoleSecurity)
	base := serve(t, h)
	config := opaConfig(base, token(t, h, who, identity.ScopeOPA), h.keys.OutsidePEM())
	config["decision_logs"] = map[string]any{"service": "paddock", "reporting": map[string]any{"min_delay_seconds": 1, "max_delay_seconds": 1}}
	server := opa.Start(t, config)
	was := h.shelf.Current()
	server.Activated("paddock", was.Policy.Revision())
	cases := corpus.Of(was)[:40]
	asks := func() {
		for _, c := range cases {
			server.Ask("paddock_decision/change/merge", c.At(core.GateChangeMerge), &struct{}{})
		}
	}
	asks()
	first := outsideDecisions(t, h, server, len(cases))
	for _, o := range first {
		if o.Gate == core.GateChangeMerge && (o.Drifts() || o.Compared != core.Same || o.Revision != was.Policy.Revision() || o.Source == "") {
			t.Errorf("%+v", o)
		}
	}

	// other rules are in force, and the server has not heard of them
	source := was.Policy.Source()
	source.Files["policies/more.rego"] = "package paddock.change.merge\n\ndeny contains \"no\" if input.app.name == \"app-007\"\n"
	set, err := source.Compile(t.Context())
	must(t, err)
	now := *was
	now.Policy = set
	h.shelf.current.Store(&now)
	asks()
	differ, stale := 0, 0
	for _, o := range outsideDecisions(t, h, server, 2*len(cases)) {
		if o.Compared == core.Differs {
			differ++
		}
		if !o.InForce {
			stale++
		}
	}
	if differ != 1 || stale != len(cases) {
		t.Errorf("%d differ, %d were made by other rules", differ, stale)
	}

	var page struct {
		Items []struct {
			Drift bool `json:"drift"`
		} `json:"items"`
		Next string `json:"next_cursor"`
	}
	resp := get(t, t.Context(), base+"/api/v1/policy/outside-decisions?drift=true&limit=30", token(t, h, who, identity.ScopeRead), nil)
	must(t, json.NewDecoder(resp.Body).Decode(&page))
	if len(page.Items) != 30 || page.Next == "" || !page.Items[0].Drift {
		t.Errorf("%d drift, next %q", len(page.Items), page.Next)
	}
}

// outsideDecisions waits until so many decisions of the merge gate have come.
func outsideDecisions(t *testing.T, h *house, server *opa.Server, n int) []core.OutsideDecision {
	t.Helper()
	var out []core.OutsideDecision
	server.Until("its log has come", func() bool {
		all, err := h.store.OutsideDecisions(t.Context(), "", false, 10000)
		must(t, err)
		out = out[:0]
		for _, o := range all {
			if o.Gate == core.GateChangeMerge {
				out = append(out, o)
			}
		}
		return len(out) >= n
	})
	return out
}

// A stock OPA that trusts another key takes no rules.
func TestStockOPARefusesAnotherKey(t *testing.T) {
	h, other := openHouse(t), openHouse(t)
	who := somebody(t, h, core.RoleSecurity)
	server := opa.Start(t, opaConfig(serve(t, h), token(t, h, who, identity.ScopeOPA), other.keys.OutsidePEM()))
	server.Said("failed to verify JWT signature")
}

// get asks the bundle service.
func get(t *testing.T, ctx context.Context, url, token string, headers map[string]string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

// The bundle service speaks as OPA's documentation says: entity tags, waiting
// that ends with new rules, and only for those who may.
func TestBundleService(t *testing.T) {
	h := openHouse(t)
	who := somebody(t, h, core.RoleSecurity)
	base, key := serve(t, h), token(t, h, who, identity.ScopeOPA)
	url := base + "/opa/bundles/paddock.tar.gz"
	first := get(t, t.Context(), url, key, nil)
	etag := first.Header.Get("ETag")
	if first.StatusCode != http.StatusOK || etag == "" || first.Header.Get("Content-Type") != "application/vnd.openpolicyagent.bundles" {
		t.Fatalf("%d %v", first.StatusCode, first.Header)
	}
	for note, c := range map[string]struct {
		headers map[string]string
		status  int
	}{
		"the same":              {map[string]string{"If-None-Match": etag}, http.StatusNotModified},
		"one of several":        {map[string]string{"If-None-Match": `"x", W/` + etag}, http.StatusNotModified},
		"another":               {map[string]string{"If-None-Match": `"x"`}, http.StatusOK},
		"another, with waiting": {map[string]string{"If-None-Match": `"x"`, "Prefer": "modes=snapshot,delta;wait=600"}, http.StatusOK},
		"no time to wait":       {map[string]string{"If-None-Match": etag, "Prefer": "wait=0"}, http.StatusNotModified},
		"nonsense to wait":      {map[string]string{"If-None-Match": etag, "Prefer": "wait=-1;wait=soon"}, http.StatusNotModified},
	} {
		if got := get(t, t.Context(), url, key, c.headers); got.StatusCode != c.status || got.Header.Get("ETag") != etag {
			t.Errorf("%s: %d %v", note, got.StatusCode, got.Header)
		}
	}

	waited := make(chan *http.Response, 1)
	go func() {
		waited <- get(t, t.Context(), url, key, map[string]string{"If-None-Match": etag, "Prefer": "modes=snapshot,delta;wait=60"})
	}()
	revise(t, h, who, map[string]string{"policies/more.rego": "package paddock.app.create\n\ndeny contains \"no\" if input.app.name == \"no\"\n"})
	if got := <-waited; got.StatusCode != http.StatusOK || got.Header.Get("ETag") == etag {
		t.Errorf("after new rules: %d %v", got.StatusCode, got.Header)
	}

	maker, err := h.identity.AddPerson(t.Context(), core.System("test"), "maker@example.org", "", []core.Role{core.RoleMaker})
	must(t, err)
	for note, c := range map[string]struct {
		path, token string
		status      int
	}{
		"nobody":                               {"/opa/bundles/paddock.tar.gz", "", http.StatusUnauthorized},
		"a maker":                              {"/opa/bundles/paddock.tar.gz", token(t, h, maker, identity.ScopeOPA), http.StatusForbidden},
		"a token for reading":                  {"/opa/bundles/paddock.tar.gz", token(t, h, who, identity.ScopeRead), http.StatusOK},
		"OPA's token elsewhere":                {"/api/v1/events", key, http.StatusForbidden},
		"OPA's token, where none is asked for": {"/opa/key.pem", key, http.StatusOK},
	} {
		if got := get(t, t.Context(), base+c.path, c.token, nil); got.StatusCode != c.status {
			t.Errorf("%s: %d, want %d", note, got.StatusCode, c.status)
		}
	}
	_, err = gitAuth{h.identity}.Authenticate(t.Context(), "token", core.NewSecret([]byte(key)))
	if core.CodeOf(err) != core.Forbidden {
		t.Errorf("OPA's token at the git door: %v", err)
	}
}

// Who waits is let go when the server ends.
func TestWaitingEndsWithTheServer(t *testing.T) {
	h := openHouse(t)
	key := token(t, h, somebody(t, h, core.RoleSecurity), identity.ScopeOPA)
	url := serve(t, h) + "/opa/bundles/paddock.tar.gz"
	etag := get(t, t.Context(), url, key, nil).Header.Get("ETag")
	h.ruled.end()
	if got := get(t, t.Context(), url, key, map[string]string{"If-None-Match": etag, "Prefer": "wait=60"}); got.StatusCode != http.StatusNotModified {
		t.Errorf("%d", got.StatusCode)
	}
}
