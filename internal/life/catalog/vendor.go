package catalog

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity/issuer"
	"github.com/paddock-dev/paddock/internal/life/catalog/strict"
)

// vendorFile is vendors/<name>.yaml (WFL-4).
type vendorFile struct {
	Name          string           `yaml:"name" required:"true" doc:"Name of the vendor, as its file."`
	Title         string           `yaml:"title" prose:"true" doc:"Name for people. Default: name."`
	Purpose       string           `yaml:"purpose" prose:"true" required:"true" doc:"What apps use it for."`
	State         core.VendorState `yaml:"state" required:"true" enum:"approved,pending,blocked"`
	Hosts         []string         `yaml:"hosts" required:"true" doc:"Hosts that apps may call; *.example.com for one level."`
	Regions       []string         `yaml:"regions" required:"true" doc:"Regions whose apps may use it."`
	DPA           dpaFile          `yaml:"dpa" doc:"The data processing agreement: needed for restricted and phi data."`
	PrivacyReview reviewFile       `yaml:"privacy_review" doc:"Needed for restricted and phi data."`
	Credential    credentialFile   `yaml:"credential" doc:"What the egress gateway adds to each call. Apps never hold it."`
	Identity      identityFile     `yaml:"identity" doc:"The vendor knows apps by tokens that Paddock signs, in place of a credential."`
	AllowPrivate  []string         `yaml:"allow_private" doc:"Exact host:port pairs on private addresses where it may be reached."`
	PlainHTTP     []string         `yaml:"plain_http" doc:"Hosts that may be called without TLS."`
}

type dpaFile struct {
	Signed  bool   `yaml:"signed"`
	Expires string `yaml:"expires" doc:"YYYY-MM-DD; leave it out for no end."`
}

type reviewFile struct {
	State string `yaml:"state" enum:"approved,pending,rejected,none" doc:"Default none."`
	By    string `yaml:"by" doc:"E-mail of the reviewer."`
	Date  string `yaml:"date" doc:"YYYY-MM-DD."`
}

type credentialFile struct {
	Secret string `yaml:"secret" doc:"Name of the organisation's secret."`
	Header string `yaml:"header" doc:"Default Authorization."`
	Prefix string `yaml:"prefix" prose:"true" doc:"Text before the value. Default: Bearer and a space for Authorization, else nothing."`
}

type identityFile struct {
	Audience string `yaml:"audience" doc:"Whom the tokens are for, as the vendor wants it written."`
	Add      bool   `yaml:"add" doc:"The egress gateway adds a token to each call. Otherwise apps ask for one and hand it over themselves."`
}

var headerForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,63}$`) })

// ParseVendor reads a vendor record.
func ParseVendor(path string, b []byte) (v core.Vendor, warnings []*core.Error, err error) {
	v, doc, err := readVendor(path, b)
	if err != nil {
		return core.Vendor{}, nil, err
	}
	return v, doc.Warnings(), nil
}

func readVendor(path string, b []byte) (core.Vendor, *strict.Doc, error) {
	var file vendorFile
	doc, found, err := readFile(path, b, &file)
	if err != nil {
		return core.Vendor{}, nil, err
	}
	f := faults{}
	file.check(&f)
	found = append(found, placed(doc, f)...)
	return file.vendor(doc.Has("credential.prefix")), doc, core.Join(core.Invalid, path+" has faults:", found)
}

func (v *vendorFile) check(f *faults) {
	required(f, map[string]bool{"name": v.Name == "", "purpose": v.Purpose == "", "state": v.State == "", "hosts": len(v.Hosts) == 0, "regions": len(v.Regions) == 0})
	if v.Name != "" {
		f.check("name", CheckName(v.Name))
	}
	for i, h := range v.Hosts {
		key := fmt.Sprintf("hosts.%d", i)
		f.check(key, CheckHost(h))
		if private(h) && !slices.Contains(v.AllowPrivate, h) {
			f.add(key, "List it, with its port, under allow_private too, or remove it.", "%q is an address inside a network.", clipped(h))
		}
	}
	for i, h := range v.AllowPrivate {
		key := fmt.Sprintf("allow_private.%d", i)
		f.check(key, CheckHost(h))
		if !strings.Contains(h, ":") || strings.HasPrefix(h, "*") {
			f.add(key, "Write host and port, for example 10.0.0.7:8443.", "%q is not one exact address.", clipped(h))
		}
	}
	for i, h := range v.PlainHTTP {
		f.check(fmt.Sprintf("plain_http.%d", i), CheckHost(h))
	}
	checkDate(f, "dpa.expires", v.DPA.Expires)
	checkDate(f, "privacy_review.date", v.PrivacyReview.Date)
	if v.PrivacyReview.State == "approved" && (v.PrivacyReview.By == "" || v.PrivacyReview.Date == "") {
		f.add("privacy_review", "Add by: and date:.", "An approved privacy review needs its reviewer and its date.")
	}
	if v.PrivacyReview.By != "" {
		f.check("privacy_review.by", CheckEmail(v.PrivacyReview.By))
	}
	v.checkCredential(f)
	v.checkIdentity(f)
}

func (v *vendorFile) checkCredential(f *faults) {
	c := v.Credential
	if c.Secret == "" && (c.Header != "" || c.Prefix != "") {
		f.add("credential", "Add secret: and the name of the secret.", "The credential names no secret.")
	}
	if c.Secret != "" && !secretForm().MatchString(c.Secret) {
		f.add("credential.secret", "Write the name of the secret, never its value.", "This is not the name of a secret.")
	}
	if c.Header != "" && !headerForm().MatchString(c.Header) {
		f.add("credential.header", "Use a name such as X-Api-Key.", "%q is not the name of a header.", clipped(c.Header))
	}
	if strings.ContainsAny(c.Prefix, "\r\n\x00") {
		f.add("credential.prefix", "Keep it on one line.", "The prefix has a line break in it.")
	}
}

func (v *vendorFile) checkIdentity(f *faults) {
	i := v.Identity
	if i.Audience == "" && i.Add {
		f.add("identity", "Add audience: and what the vendor expects there.", "The tokens are for nobody.")
	}
	if i.Audience != "" {
		f.check("identity.audience", issuer.CheckAudience(i.Audience))
	}
	if i.Add && v.Credential.Secret != "" {
		f.add("identity.add", "Keep one of credential: and add: true.", "The vendor has two things that would be added to each call.")
	}
}

// private reports whether a host or host:port is an IP address that is not
// public, or localhost.
func private(h string) bool {
	host, _, _ := strings.Cut(h, ":")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && (a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsUnspecified() || a.IsMulticast())
}

func checkDate(f *faults, key, s string) {
	if s == "" {
		return
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		f.add(key, "Write it as year-month-day, for example 2027-01-31.", "%q is not a date.", clipped(s))
	}
}

func (v *vendorFile) vendor(hasPrefix bool) core.Vendor {
	out := core.Vendor{Name: v.Name, Title: or(v.Title, v.Name), Purpose: v.Purpose, State: v.State, Hosts: v.Hosts, Regions: v.Regions,
		DPASigned: v.DPA.Signed, DPAExpires: v.DPA.Expires, PrivacyState: or(v.PrivacyReview.State, "none"), PrivacyBy: v.PrivacyReview.By,
		PrivacyDate: v.PrivacyReview.Date, Credential: v.Credential.Secret, AllowPrivate: v.AllowPrivate, PlainHTTP: v.PlainHTTP, Audience: v.Identity.Audience, TokenAdded: v.Identity.Add}
	if out.Credential != "" {
		out.CredentialHeader, out.CredentialPrefix = or(v.Credential.Header, "Authorization"), v.Credential.Prefix
		if !hasPrefix && out.CredentialHeader == "Authorization" {
			out.CredentialPrefix = "Bearer "
		}
	}
	return out
}
