package secrets

import (
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/secrets/format"
	"github.com/paddock-dev/paddock/internal/life/check/secrets/judge"
)

// url reads user and password of an address, of which :// stands at an offset.
func (l *look) url(at int) {
	text := l.text
	from := at + 3
	end := from
	for end < len(text) && end-from < 400 && text[end] > ' ' && strings.IndexByte("\"'`<>\\/?#|,;(){}", text[end]) < 0 {
		end++
	}
	if end < len(text) && (text[end] == '{' || text[end] == '(' || text[end] == '<') {
		return // built from parts
	}
	host := strings.LastIndexByte(text[from:end], '@')
	if host < 0 || l.store == format.URLs {
		return
	}
	user, password, ok := strings.Cut(text[from:from+host], ":")
	if !ok || len(password) < 3 || strings.ContainsAny(user, "$%{}") && strings.ContainsAny(password, "$%{}") {
		return
	}
	v := format.Value{Name: "password", From: from + len(user) + 1, To: from + host, At: from, Form: "url"}
	server := text[from+host+1 : end]
	if server == "" || judge.Reference(password) || judge.Filler(password) || judge.Filler(server) || strings.HasPrefix(password, "$") || strings.HasPrefix(password, "%") && strings.HasSuffix(password, "s") || password == user && len(user) <= 10 {
		return
	}
	if scheme := text[max(0, at-5):at]; (strings.HasSuffix(scheme, "http") || strings.HasSuffix(scheme, "https")) && (l.prose() || len(password) < 5) {
		return
	}
	switch {
	case judge.Default(password) && (l.test() || localHost(server)):
	case judge.Default(password):
		l.add("url", "password_default", v)
	default:
		l.add("url", "password_found", v)
	}
}

func localHost(server string) bool {
	return strings.HasPrefix(server, "localhost") || strings.HasPrefix(server, "127.") || strings.HasPrefix(server, "[::1]") || !strings.Contains(server, ".")
}
