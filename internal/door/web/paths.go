package web

import (
	"net/url"
	"strconv"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
)

func appPath(app string, more ...string) string {
	path := "/apps/" + url.PathEscape(app)
	for _, m := range more {
		path += "/" + url.PathEscape(m)
	}
	return path
}

func changePath(app string, number int, more ...string) string {
	return appPath(app, append([]string{"changes", strconv.Itoa(number)}, more...)...)
}

func newPath(template string, more ...string) string {
	path := "/new/" + url.PathEscape(template)
	for _, m := range more {
		path += "/" + url.PathEscape(m)
	}
	return path
}

func coursePath(course string) string     { return "/courses/" + url.PathEscape(course) }
func approvalPath(id core.ID) string      { return "/approvals/" + url.PathEscape(string(id)) }
func noticeReadPath(id core.ID) string    { return "/notices/" + url.PathEscape(string(id)) + "/read" }
func tokenRevokePath(id core.ID) string   { return "/tokens/" + url.PathEscape(string(id)) + "/revoke" }
func allTokensPath() string               { return "/people/tokens" }
func documentPath(app, dig string) string { return appPath(app, "documents", dig) }

// tokensPath is the page of access tokens, for one who wants the code of app;
// app may be empty.
func tokensPath(app string) string {
	if app == "" {
		return "/tokens"
	}
	return "/tokens?" + url.Values{"app": {app}}.Encode()
}

// localPath returns p if it is a path on this server, and "" otherwise.
func localPath(p string) string { return edge.LocalPath(p) }

// webAddress returns u if it is an http or https address, and "" otherwise.
func webAddress(u string) string {
	parsed, err := url.Parse(u)
	if err != nil || parsed.Host == "" || (parsed.Scheme != "http" && parsed.Scheme != "https") {
		return ""
	}
	return parsed.String()
}
