package copies

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// The kinds of places.
const (
	Folder = "folder"
	Git    = "git"
	S3     = "s3"
)

// Place is where copies are put.
type Place struct {
	Kind       string
	Where      string // a folder, a repository, or the address of a bucket with a prefix
	Region     string // of an object store
	User       string // for git over HTTP; for an object store the access key's id
	Secret     string // name of the secret with the password or key; "" for none
	RetainDays int    // of an object store: how long objects are locked
}

// Name names the place in records and to people. It never holds a credential.
func (p Place) Name() string { return p.Kind + " " + p.Where }

// Check refuses places that cannot be meant. Errors: Invalid, with the setting at
// fault as Field.
func (p Place) Check() error {
	bad := func(field, hint, format string, args ...any) error {
		return core.Errorf(core.Invalid, format, args...).Hinted("%s", hint).At(field)
	}
	if strings.ContainsFunc(p.Where, func(r rune) bool { return r < ' ' || r == 0x7f }) || len(p.Where) > 1000 {
		return bad(p.Kind, "Write it on one line.", "The place %.40q cannot be an address.", p.Where)
	}
	if p.RetainDays < 0 || p.RetainDays > 36500 || p.RetainDays > 0 && p.Kind != S3 {
		return bad("retain_days", "Use it for s3 only, with a number of days up to 36500.", "%q cannot be %d here.", "retain_days", p.RetainDays)
	}
	switch p.Kind {
	case Folder:
		if !filepath.IsAbs(p.Where) || filepath.Clean(p.Where) == "/" {
			return bad(Folder, "Write its whole path, such as /mnt/checkpoints.", "The folder %q is not a whole path.", p.Where)
		}
		return nil
	case Git:
		return p.checkGit(bad)
	case S3:
		u, err := url.Parse(p.Where)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || strings.Trim(u.Path, "/") == "" {
			return bad(S3, "Write it as https://HOST/BUCKET/PREFIX.", "The object store %q has no host and bucket, or holds a credential.", p.shown())
		}
		if p.User == "" || p.Secret == "" {
			return bad("access_key", "Add access_key, and secret: the name of the secret that holds its key.", "The object store %q has no credential.", p.Where)
		}
		return nil
	}
	return bad("", "Add one of: folder, git, s3.", "A copy has no place.")
}

func (p Place) checkGit(bad func(field, hint, format string, args ...any) error) error {
	if filepath.IsAbs(p.Where) {
		return nil
	}
	u, err := url.Parse(p.Where)
	if err != nil || u.Host == "" || strings.HasPrefix(u.Host, "-") || u.RawQuery != "" {
		return bad(Git, "Write https://HOST/REPOSITORY, ssh://git@HOST/REPOSITORY, or a whole path.", "The repository %q is not an address.", p.shown())
	}
	switch {
	case u.Scheme == "ssh":
		if _, has := u.User.Password(); has {
			return bad(Git, "Leave the password out; ssh takes the key of the server's account.", "The repository %q holds a credential.", p.shown())
		}
	case u.Scheme != "https" && u.Scheme != "http":
		return bad(Git, "Use https, ssh, or a whole path.", "The repository %q cannot be pushed to.", p.shown())
	case u.User != nil:
		return bad(Git, "Put the token into a secret, and name it with secret and user.", "The repository %q holds a credential.", p.shown())
	}
	return nil
}

// shown is the place without what may be a credential.
func (p Place) shown() string {
	u, err := url.Parse(p.Where)
	if err != nil {
		return "[unreadable]"
	}
	u.User, u.RawQuery = nil, ""
	return fmt.Sprintf("%.80s", u.String())
}
