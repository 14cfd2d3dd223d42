package local

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

var (
	authorRE = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^([^<>\x00-\x1f\x7f]{1,200}) <([^\s<>@\x00-\x1f]{1,100}@[^\s<>@\x00-\x1f]{1,150})>$`)
	})
	mailRE = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[^\s<>@\x00-\x1f]{1,100}@[^\s<>@\x00-\x1f]{1,150}$`)
	})
)

// identity returns the environment that makes git write author and committer.
// The author is "Name <mail@host>" or only an e-mail address.
func identity(author string, at time.Time) ([]string, error) {
	name, mail, err := parseAuthor(author)
	if err != nil {
		return nil, err
	}
	date := fmt.Sprintf("@%d +0000", at.Unix())
	return []string{"GIT_AUTHOR_NAME=" + name, "GIT_AUTHOR_EMAIL=" + mail, "GIT_AUTHOR_DATE=" + date,
		"GIT_COMMITTER_NAME=" + name, "GIT_COMMITTER_EMAIL=" + mail, "GIT_COMMITTER_DATE=" + date}, nil
}

func parseAuthor(author string) (name, mail string, err error) {
	if mailRE().MatchString(author) {
		name, _, _ = strings.Cut(author, "@")
		return name, author, nil
	}
	if m := authorRE().FindStringSubmatch(author); m != nil {
		return m[1], m[2], nil
	}
	return "", "", core.Errorf(core.Invalid, "%.120q is not the author of a commit.", author).
		Hinted("Write it as Name <name@example.org>.").At("author")
}
