package secrets

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	toml "github.com/pelletier/go-toml/v2"
	"github.com/zricethezav/gitleaks/v8/config"

	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
)

// ruleFile is the part of gitleaks' rule file that we use.
type ruleFile struct {
	Allowlist allowEntry
	Rules     []struct {
		ID          string
		Description string
		Regex       string
		Path        string
		SecretGroup int `toml:"secretGroup"`
		Entropy     float64
		Keywords    []string
		Allowlists  []allowEntry
	}
}

type allowEntry struct {
	Condition   string
	Paths       []string
	Regexes     []string
	RegexTarget string `toml:"regexTarget"`
	StopWords   []string
}

// rule is one pattern. Its patterns are compiled at first use, because most
// apps need a handful of the two hundred.
type rule struct {
	id       string
	kind     string // for people: "an AWS access key"
	named    bool   // matches by the name beside it, not by the value's own form
	loose    bool   // its matches are often test data or examples, so they only count for sure elsewhere
	group    int
	entropy  float64
	keywords []string
	path     rulebook.Regexp                // none: every path
	pattern  func() (*regexp.Regexp, error) // nil: the path alone is the finding
	shape    func() *shape
	allow    []*allowance
}

// providerRules reads gitleaks' rules and its global list of allowed paths and
// values.
func providerRules() ([]*rule, *allowance, error) {
	var f ruleFile
	if err := toml.Unmarshal([]byte(config.DefaultConfig), &f); err != nil {
		return nil, nil, fmt.Errorf("reading the secret rules: %w", err)
	}
	if len(f.Rules) < 200 {
		return nil, nil, fmt.Errorf("reading the secret rules: only %d found", len(f.Rules))
	}
	rules := make([]*rule, 0, len(f.Rules))
	for _, r := range f.Rules {
		made := &rule{
			id: r.ID, kind: kindOf(r.ID), named: isNamed(r.ID, r.Regex), loose: slices.Contains(looseRules, r.ID), group: r.SecretGroup, entropy: r.Entropy,
			pattern: lazily(r.Regex),
		}
		for _, k := range r.Keywords {
			if r.ID == "sourcegraph-access-token" && k != "sgp_" {
				continue // what has no sgp_ does not count: see holds
			}
			made.keywords = append(made.keywords, strings.ToLower(k))
		}
		if r.Path != "" {
			made.path = rulebook.Pattern(r.Path)
		}
		made.shape = sync.OnceValue(func() *shape { return shapeOf(r.Regex, made.keywords, r.SecretGroup) })
		for _, a := range r.Allowlists {
			made.allow = append(made.allow, newAllowance(a))
		}
		rules = append(rules, made)
	}
	return append(rules, ownRules()...), newAllowance(f.Allowlist), nil
}

// ownRules know what Paddock itself gives out: access tokens, and the sealed code
// for an emergency.
func ownRules() []*rule {
	one := func(id, keyword, pattern string) *rule {
		keywords := []string{keyword}
		return &rule{id: id, kind: kindOf(id), group: 1, keywords: keywords, pattern: lazily(pattern), shape: sync.OnceValue(func() *shape { return shapeOf(pattern, keywords, 1) })}
	}
	return []*rule{
		one("paddock-access-token", "pdk_", `\b(pdk_[A-Za-z0-9_-]{43})(?:[^A-Za-z0-9_-]|$)`),
		one("paddock-sealed-code", "pdkbg-", `(?i)\b(pdkbg(?:-[0-9a-hjkmnp-tv-z]{5}){6})(?:[^0-9a-z-]|$)`),
	}
}

// looseRules find what is often made for a test or copied from a manual.
var looseRules = []string{"private-key", "jwt", "jwt-base64", "curl-auth-user", "curl-auth-header", "pkcs12-file", "kubernetes-secret-yaml", "nuget-config-password", "sourcegraph-access-token", "twilio-api-key", "facebook-access-token"}

// isNamed tells rules that look for a name beside a value, which are wrong
// more often, from rules that know the form of one provider's keys.
func isNamed(id, pattern string) bool {
	return id == "generic-api-key" || strings.HasPrefix(pattern, `(?i)[\w.-]{0,50}?`)
}

func lazily(pattern string) func() (*regexp.Regexp, error) {
	if pattern == "" {
		return nil
	}
	return sync.OnceValues(func() (*regexp.Regexp, error) { return regexp.Compile(pattern) })
}

var kinds = map[string]string{
	"aws-access-token": "an AWS access key", "generic-api-key": "a key or password", "private-key": "a private key",
	"paddock-access-token": "an access token of Paddock", "paddock-sealed-code": "a sealed emergency code of Paddock",
	"jwt": "a sign-in token (JWT)", "curl-auth-user": "a user name and password", "curl-auth-header": "a sign-in header",
}

// kindOf names what a rule finds: "gitlab-pat" becomes "a key for GitLab pat".
func kindOf(id string) string {
	if k, ok := kinds[id]; ok {
		return k
	}
	return "a key of the kind `" + id + "`"
}
