package ci

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// The issuers of the public forges.
const (
	GitHub = "https://token.actions.githubusercontent.com"
	GitLab = "https://gitlab.com"
)

// Issuer is one forge whose pipelines may be connected: an entry of ci: in the
// identity settings.
type Issuer struct {
	Kind     string `yaml:"kind" required:"true" enum:"github,gitlab" doc:"Which forge it is."`
	URL      string `yaml:"issuer" doc:"The forge's issuer, letter by letter as its tokens have it: for a GitHub Enterprise Server https://HOST/_services/token, for a GitLab of your own https://HOST. Default the public forge's."`
	Audience string `yaml:"audience" required:"true" doc:"What tokens must be made out to: one name of this server, such as its address. Tokens for anybody else are refused."`
	Minutes  int    `yaml:"token_minutes" doc:"How long an access token of a pipeline lasts at most, 1 to 15. Default 15."`
}

// Check returns the issuer with its defaults, and all that is wrong with it: an
// unknown kind, an address that is not https (or http on this machine), an audience
// that is missing or is the forge's own default. The field of each is the key.
func (i Issuer) Check() (Issuer, []*core.Error) {
	var bad []*core.Error
	fault := func(field, hint, format string, args ...any) {
		bad = append(bad, core.Errorf(core.Invalid, format, args...).At(field).Hinted("%s", hint))
	}
	switch i.Kind {
	case core.ForgeGitHub:
		i.URL = either(i.URL, GitHub)
	case core.ForgeGitLab:
		i.URL = either(i.URL, GitLab)
	default:
		fault("kind", "Write github or gitlab.", "The kind %.40q is not known.", i.Kind)
	}
	if i.Kind != "" && !address(i.URL) {
		fault("issuer", "Write it as the token's claim iss has it, such as https://gitlab.example.org.", "The issuer %.200q is not an https address without a slash at its end.", i.URL)
	}
	switch {
	case i.Audience == "" || len(i.Audience) > 200 || !printable(i.Audience):
		fault("audience", "Write a name of your own, such as https://paddock.example.org.", "An audience is needed, of at most 200 letters.")
	case strings.HasPrefix(i.Audience, "https://github.com/"), i.Audience == i.URL:
		fault("audience", "Write a name of your own, such as https://paddock.example.org.", "The audience %q is one that tokens for others carry too.", i.Audience)
	}
	if i.Minutes == 0 {
		i.Minutes = 15
	}
	if i.Minutes < 0 || i.Minutes > 15 {
		fault("token_minutes", "Write a number from 1 to 15.", "An access token cannot last %d minutes.", i.Minutes)
	}
	return i, bad
}

func either(v, otherwise string) string {
	if v == "" {
		return otherwise
	}
	return v
}

// address wants https://host[:port][/path] as issuers write it; http counts on
// this machine only.
func address(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.HasSuffix(text, "/") || u.String() != text {
		return false
	}
	if u.Scheme == "https" {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "http" && (u.Hostname() == "localhost" || err == nil && ip.IsLoopback())
}
