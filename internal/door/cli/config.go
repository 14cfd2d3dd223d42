package cli

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Config is the server's whole configuration. A flag wins over the environment
// (PADDOCK_...), which wins over the file. It prints without the database's password.
type Config struct {
	Data      string `help:"Folder for the database, repositories, artifacts and keys." default:"paddock-data" env:"PADDOCK_DATA" yaml:"data" json:"data"`
	Database  `yaml:",inline"`
	Listen    string `help:"Address to listen on; loopback only, as long as people sign in by link." default:"127.0.0.1:8420" env:"PADDOCK_LISTEN" yaml:"listen" json:"listen"`
	BaseURL   string `help:"How people reach this server; default http://localhost and the port." env:"PADDOCK_BASE_URL" yaml:"base_url" json:"base_url"`
	IssuerURL string `help:"How services name this server that know apps by identity tokens; default the base URL. Where they cannot reach it, put the files of paddock issuer export there." env:"PADDOCK_ISSUER_URL" yaml:"issuer_url" json:"issuer_url"`
	AppDomain string `help:"Apps answer at NAME.APP-DOMAIN." default:"apps.localhost" env:"PADDOCK_APP_DOMAIN" yaml:"app_domain" json:"app_domain"`
	Identity  string `help:"File with the sign-in providers (YAML); without it people sign in by link, on this machine only." env:"PADDOCK_IDENTITY" yaml:"identity" json:"identity"`
	// TrustedProxies are asked who the client is, when sign-ins are counted.
	TrustedProxies []string `help:"Networks of proxies whose X-Forwarded-For counts, such as 10.0.0.0/8." env:"PADDOCK_TRUSTED_PROXIES" yaml:"trusted_proxies" json:"trusted_proxies"`

	Admin    string `help:"E-mail of the first platform engineer." default:"admin@paddock.local" env:"PADDOCK_ADMIN" yaml:"admin" json:"admin"`
	Workerd  string `help:"The workerd program; default: looked for in node_modules and PATH." env:"PADDOCK_WORKERD" yaml:"workerd" json:"workerd"`
	Registry string `help:"Repository of an OCI registry that keeps artifacts, such as registry.example/paddock/apps; default: a folder in the data folder." env:"PADDOCK_REGISTRY" yaml:"registry" json:"registry"`
	// RegistryAuth is a file, because the configuration holds no secrets.
	RegistryAuth string `help:"File with the registry's credentials, in the form of docker's config.json." env:"PADDOCK_REGISTRY_AUTH" yaml:"registry_auth" json:"registry_auth"`
	Admission    `yaml:",inline"`
	// GovernanceKeys is of this site, so it is not in the governance repository.
	GovernanceKeys string `help:"File with public keys (keys/signing.pub of other sites, one after the other) whose governance bundles this server takes." env:"PADDOCK_GOVERNANCE_KEYS" yaml:"governance_keys" json:"governance_keys"`
	// VulnDB and what goes with it: see paddock vulndb.
	VulnDB       string `name:"vulndb" help:"The vulnerability database; default paddock.vulndb in the data folder. It is read again when it changes." env:"PADDOCK_VULNDB" yaml:"vulndb" json:"vulndb"`
	VulnDBKeys   string `name:"vulndb-keys" help:"File with public keys (keys/signing.pub of other sites, one after the other) whose vulnerability databases count here." env:"PADDOCK_VULNDB_KEYS" yaml:"vulndb_keys" json:"vulndb_keys"`
	VulnDBMaxAge int    `name:"vulndb-max-age" help:"Data about known holes that is older than this many days leaves a check incomplete; 0 sets no bound." env:"PADDOCK_VULNDB_MAX_AGE" yaml:"vulndb_max_age" json:"vulndb_max_age"`

	LogLevel string `help:"Least level that is logged." enum:"debug,info,warn,error" default:"info" env:"PADDOCK_LOG_LEVEL" yaml:"log_level" json:"log_level"`
	// Lab opens a clock that can be moved and crash points, for tests and the tour.
	Lab bool `help:"Laboratory: the clock can be moved and parts can be made to fail. Never for real work." env:"PADDOCK_LAB" yaml:"lab" json:"lab"`
	// LabCrash names the point at which a laboratory server kills itself.
	LabCrash string `hidden:"" env:"PADDOCK_LAB_CRASH" yaml:"-" json:"-"`
}

// Validate reports everything that is wrong at once.
func (c Config) Validate() error {
	var faults []*core.Error
	add := func(field, format string, args ...any) {
		faults = append(faults, core.Errorf(core.Invalid, format, args...).At(field))
	}
	if c.Data == "" {
		add("data", "The data folder is empty. Name a folder that Paddock may write to.")
	}
	if _, err := c.Address(func(p string) string { return p }); err != nil && core.CodeOf(err) != core.Unreadable {
		faults = append(faults, core.AsError(err))
	}
	host, _, err := net.SplitHostPort(c.Listen)
	switch {
	case err != nil:
		add("listen", "The listen address %q is not host:port. Write for example 127.0.0.1:8420.", c.Listen)
	case !loopback(host) && c.Identity == "":
		add("listen", "The listen address %q is reachable from other machines, but sign-in is by link only. Listen on 127.0.0.1 until a sign-in provider is configured: set identity to its file.", c.Listen)
	}
	c.checkSignIn(add)
	if c.BaseURL != "" {
		if u, err := url.Parse(c.BaseURL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.Trim(u.Path, "/") != "" {
			add("base_url", "The base URL %q is not like http://localhost:8420.", c.BaseURL)
		}
	}
	if c.IssuerURL != "" {
		if u, err := url.Parse(c.IssuerURL); err != nil || u.Host == "" || u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" {
			add("issuer_url", "The issuer URL %q is not like https://id.example.org.", c.IssuerURL)
		}
	}
	if c.AppDomain == "" || strings.ContainsAny(c.AppDomain, "/: ") || strings.HasPrefix(c.AppDomain, ".") {
		add("app_domain", "The app domain %q is not a host name such as apps.localhost.", c.AppDomain)
	}
	if c.VulnDBMaxAge < 0 {
		add("vulndb_max_age", "The age of vulnerability data is %d days. Write 0 for no bound, or a number of days.", c.VulnDBMaxAge)
	}
	if !strings.Contains(c.Admin, "@") {
		add("admin", "The admin %q is not an e-mail address.", c.Admin)
	}
	c.Admission.check(add)
	if c.LabCrash != "" && !c.Lab {
		add("lab", "A crash point is set, but this is not a laboratory. Unset PADDOCK_LAB_CRASH.")
	}
	return core.Join(core.Invalid, "The configuration has several faults.", faults)
}

// checkSignIn holds what signing in at a provider needs.
func (c Config) checkSignIn(add func(field, format string, args ...any)) {
	if u, err := url.Parse(c.BaseURL); c.Identity != "" && (c.BaseURL == "" || err == nil && u.Scheme != "https" && !loopback(u.Hostname())) {
		add("base_url", "People sign in at a provider, so their browsers must reach this server by https. Set base_url, such as https://paddock.example.org.")
	}
	for i, p := range c.TrustedProxies {
		n, err := netip.ParsePrefix(p)
		if err != nil || n.Bits() == 0 {
			add(fmt.Sprintf("trusted_proxies.%d", i), "The network %q is not one of proxies. Write it as 10.0.0.0/8, or one address as 10.1.2.3/32.", p)
		}
	}
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
