package oidc

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/paddock-dev/paddock/internal/core"
)

// What happens to people whom nobody here knows.
const (
	AdmitKnown = "known" // they are refused
	AdmitNone  = "none"  // they are added, with no roles of their own
	AdmitMaker = "maker" // they are added as makers
)

// Config is one sign-in provider. It holds the place of the secret, never the secret.
type Config struct {
	Name             string   `yaml:"name" required:"true" doc:"Name of the provider here, as in paddock.yaml under roles. Never change it: accounts are kept by it."`
	Title            string   `yaml:"title" prose:"true" doc:"What people read on the button. Default: the name."`
	Issuer           string   `yaml:"issuer" required:"true" doc:"The provider's issuer, letter by letter as its discovery document has it."`
	ClientID         string   `yaml:"client_id" required:"true" doc:"What the provider calls this server."`
	ClientSecretFile string   `yaml:"client_secret_file" doc:"File with the client secret, readable by this server only. Without it the client is public."`
	Scopes           []string `yaml:"scopes" doc:"Scopes besides openid, profile and email; Okta wants groups here."`
	GroupsClaim      string   `yaml:"groups_claim" doc:"The claim that lists a person's groups. Default groups."`
	Groups           string   `yaml:"groups" enum:"token,scim,none" doc:"Where groups come from: token is the ID token or userinfo at each sign-in; scim is what the provider says by SCIM, and needs scim; none is nowhere. Default token, or scim where scim is true."`
	Domains          []string `yaml:"domains" doc:"Domains whose e-mails this provider vouches for. A person who is known here is linked at the first sign-in by a verified e-mail of one of these, and by nothing else."`
	Admit            string   `yaml:"admit" enum:"known,none,maker" doc:"People whom nobody here knows: known refuses them, none adds them without a role, maker adds them as makers. Only with a verified e-mail of domains. Default known."`
	SCIM             bool     `yaml:"scim" doc:"The provider brings its people by SCIM 2.0 at /scim/v2/NAME, with an access token of scope scim that is bound to it. Needs domains, and admit: known. Default false."`
	SCIMClaim        string   `yaml:"scim_claim" doc:"The claim of the ID token that says what SCIM calls externalId: sub for Okta and Keycloak, oid for Entra ID. Default sub."`
	SCIMRemovals     int      `yaml:"scim_removals" doc:"How many people SCIM may switch off within an hour before it is held until somebody of the platform team has looked. Default the larger of 10 and a tenth of those who are active."`
	ACR              string   `yaml:"acr_values" doc:"What to ask for (acr_values) when an approval needs a fresh sign-in, for example a second factor. The answer must be one of these."`
}

var (
	nameForm   = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)
	domainForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$`)
	scopeForm  = regexp.MustCompile(`^[!#-\[\]-~]{1,100}$`)
)

// Check returns the config with its defaults, and all that is wrong with it. The
// field of each fault is the key.
func (c Config) Check() (Config, []*core.Error) {
	var bad []*core.Error
	add := func(key, hint, format string, args ...any) {
		bad = append(bad, core.Errorf(core.Invalid, format, args...).Hinted("%s", hint).At(key))
	}
	if !nameForm.MatchString(c.Name) {
		add("name", "Use small letters, digits and dashes, at most 40, such as entra.", "The provider's name %q cannot be used.", clip(c.Name))
	}
	if c.Title == "" {
		c.Title = c.Name
	}
	if len(c.Title) > 60 || strings.ContainsFunc(c.Title, func(r rune) bool { return !unicode.IsPrint(r) }) {
		add("title", "Use at most 60 plain letters.", "The title %q cannot be shown.", clip(c.Title))
	}
	if why, hint := badIssuer(c.Issuer); why != "" {
		add("issuer", hint, "The issuer %q %s.", clip(c.Issuer), why)
	}
	if c.ClientID == "" || len(c.ClientID) > 256 {
		add("client_id", "Copy it from the provider, where this server is registered.", "The provider %q has no client_id that can be used.", clip(c.Name))
	}
	for i, s := range c.Scopes {
		if !scopeForm.MatchString(s) || s == "offline_access" {
			add(fmt.Sprintf("scopes.%d", i), "Name a scope of the provider. Paddock keeps no refresh tokens.", "The scope %q cannot be asked for.", clip(s))
		}
	}
	for i, d := range c.Domains {
		if !domainForm.MatchString(d) {
			add(fmt.Sprintf("domains.%d", i), "Write it in small letters, such as example.org. Each domain is named; there is no *.", "The domain %q cannot be used.", clip(d))
		}
	}
	groups := "token"
	if c.SCIM {
		groups = "scim"
	}
	c.GroupsClaim, c.Groups, c.Admit, c.SCIMClaim = or(c.GroupsClaim, "groups"), or(c.Groups, groups), or(c.Admit, AdmitKnown), or(c.SCIMClaim, "sub")
	bad = append(bad, c.badSCIM()...)
	if c.Admit != AdmitKnown && len(c.Domains) == 0 {
		add("admit", "List the domains of your organisation's e-mails in domains.", "admit: %s would add nobody, because no domain is trusted.", c.Admit)
	}
	return c, bad
}

// badSCIM says what is wrong with how a provider brings people.
func (c Config) badSCIM() (bad []*core.Error) {
	add := func(key, hint, format string, args ...any) {
		bad = append(bad, core.Errorf(core.Invalid, format, args...).Hinted("%s", hint).At(key))
	}
	switch {
	case !c.SCIM && c.Groups == "scim":
		add("groups", "Set scim: true, or take groups from the token.", "The groups of %q would come by SCIM, which is off.", clip(c.Name))
	case !c.SCIM:
	case len(c.Domains) == 0:
		add("scim", "List the domains of your organisation's e-mails in domains.", "%q would bring nobody by SCIM, because no domain is trusted.", clip(c.Name))
	case c.Admit != AdmitKnown:
		add("admit", "Take admit away: people come by SCIM.", "With SCIM nobody is added by signing in, or a leaver would be added again.")
	}
	if c.SCIMRemovals < 0 || c.SCIMRemovals > 100_000 {
		add("scim_removals", "Write 1 to 100000, or leave it out.", "SCIM cannot be held at %d.", c.SCIMRemovals)
	}
	if !scopeForm.MatchString(c.SCIMClaim) {
		add("scim_claim", "Write a claim of the ID token, such as oid.", "The claim %q cannot be one.", clip(c.SCIMClaim))
	}
	return bad
}

// badIssuer says what is wrong with an issuer, and what to do.
func badIssuer(issuer string) (why, hint string) {
	u, err := url.Parse(issuer)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(issuer, " \t\r\n"):
		return "is not an address", "Write it as https://login.example.org."
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return "is not https, so anybody on the way could sign in as anybody", "Write it with https."
	case u.Scheme != "http" && u.Scheme != "https":
		return "is not https", "Write it with https."
	case u.Hostname() == "login.microsoftonline.com" && slices.ContainsFunc([]string{"/common", "/organizations", "/consumers"}, func(p string) bool { return strings.HasPrefix(u.Path, p) }):
		return "is for people of any organisation", "Write the issuer of your own tenant: https://login.microsoftonline.com/TENANT-ID/v2.0."
	case strings.HasSuffix(issuer, "/.well-known/openid-configuration"):
		return "is the discovery document's address", "Take /.well-known/openid-configuration away."
	}
	return "", ""
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// vouches reports whether the provider is trusted for an e-mail's domain.
func (c Config) vouches(email string) bool {
	_, domain, ok := strings.Cut(email, "@")
	return ok && slices.Contains(c.Domains, domain)
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func clip(s string) string {
	if len(s) > 80 {
		return s[:80] + "..."
	}
	return s
}
