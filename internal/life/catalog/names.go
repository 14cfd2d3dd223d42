package catalog

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/paddock-dev/paddock/internal/core"
)

var (
	nameForm  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`) })
	labelForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`) })
	emailForm = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$`)
	})
	versionForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.+-]{0,31}$`)
	imageForm   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._:/@-]{0,254}$`) })
	secretForm  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,62}$`) })
)

// reservedNames are addresses that Paddock itself may answer at.
func reservedName(s string) bool {
	switch s {
	case "www", "api", "admin", "paddock", "localhost", "login", "auth", "git", "static", "assets", "mail", "status":
		return true
	}
	return false
}

// CheckAppName refuses what cannot be the name of an app: 3 to 40 lower-case
// letters, digits and single dashes, starting with a letter, since the name
// becomes an address (a DNS label).
func CheckAppName(s string) error {
	bad := func(format string, args ...any) error {
		return core.Errorf(core.Invalid, format, args...).
			Hinted("Use 3 to 40 small letters, digits and single dashes, for example candidate-tracker.").At("name")
	}
	switch {
	case s == "":
		return bad("The app has no name.")
	case len(s) < 3:
		return bad("The name %q is too short.", s)
	case len(s) > 40:
		return bad("The name has %d characters.", len(s))
	case s[0] < 'a' || s[0] > 'z':
		return bad("The name %q does not start with a small letter.", s)
	case !nameForm().MatchString(s) || strings.Contains(s, "--"):
		return bad("The name %q cannot be part of a web address.", s)
	case reservedName(s):
		return core.Errorf(core.Invalid, "The name %q is taken by Paddock itself.", s).Hinted("Choose another name.").At("name")
	}
	return nil
}

// CheckName refuses what cannot be the name of a template, region, target,
// vendor or course: up to 63 lower-case letters, digits and dashes.
func CheckName(s string) error {
	if s == "" {
		return core.Errorf(core.Invalid, "The name is missing.").Hinted("Add one.")
	}
	if !nameForm().MatchString(s) {
		return core.Errorf(core.Invalid, "%q is not a name.", clipped(s)).Hinted("Use small letters, digits and dashes, for example eu-sovereign.")
	}
	return nil
}

// CheckEmail refuses what is not one plain e-mail address.
func CheckEmail(s string) error {
	if s == "" {
		return core.Errorf(core.Invalid, "The e-mail address is missing.").Hinted("Add one, for example ana@example.com.")
	}
	if len(s) > 254 || !emailForm().MatchString(s) {
		return core.Errorf(core.Invalid, "%q is not an e-mail address.", clipped(s)).Hinted("Write it like ana@example.com.")
	}
	return nil
}

// CheckHost refuses what is not a host, such as api.example.com, with an
// optional port, or *.example.com for one level.
func CheckHost(s string) error {
	bad := core.Errorf(core.Invalid, "%q is not a host name.", clipped(s)).Hinted("Write only the host, for example api.example.com, without https:// and path.")
	host, port, hasPort := strings.Cut(s, ":")
	if n, err := strconv.Atoi(port); hasPort && (err != nil || n < 1 || n > 65535 || strconv.Itoa(n) != port) {
		return bad
	}
	if len(host) > 253 || host == "" {
		return bad
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return nil
	}
	labels := strings.Split(strings.TrimPrefix(host, "*."), ".")
	if strings.HasPrefix(host, "*.") && len(labels) < 2 {
		return bad
	}
	for _, l := range labels {
		if !labelForm().MatchString(l) {
			return bad
		}
	}
	return nil
}

func clipped(s string) string {
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "") + "…"
	}
	return s
}
