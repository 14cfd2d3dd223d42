package vendors

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/script"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// call is a host that code or a page reaches for.
type call struct {
	host         string
	file         tree.File
	line, column int
	quote        string
}

// address is a URL at the beginning of a text.
var address = regexp.MustCompile(`^(?:https?|wss?)://[^\s/?#'"<>\\]+`)

// hostOf returns the host of a text that begins with an address, in lower
// case and without a port. It returns nothing for the app's own machine, for
// names without a dot, and for names that are only known at run time.
func hostOf(text string) string {
	m := address.FindString(strings.TrimSpace(text))
	if m == "" {
		return ""
	}
	u, err := url.Parse(m)
	if err != nil {
		return ""
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if !strings.Contains(host, ".") || strings.HasSuffix(host, ".localhost") || strings.HasPrefix(host, "127.") || host == "0.0.0.0" {
		return ""
	}
	return host
}

// names are addresses that stand for a thing and are never called.
var names = []string{"www.w3.org", "schemas.microsoft.com", "schemas.xmlsoap.org", "json-schema.org", "schema.org", "ns.adobe.com", "purl.org"}

// scriptCalls returns the hosts in the texts of scripts: each text that begins
// with an address. A template that goes on right after the host has a host
// that is only known at run time, and is left out.
func scriptCalls(set *script.Set) []call {
	var out []call
	for _, s := range set.Scripts {
		script.Texts(s, func(text string, data []byte) {
			host := hostOf(text)
			if host == "" || slices.Contains(names, host) || strings.HasSuffix(string(data), "${") && !strings.Contains(strings.SplitN(text, "://", 2)[1], "/") {
				return
			}
			line, col := s.Place(s.Offset(data))
			out = append(out, call{host, s.File, line, col, s.File.Quote(line, col)})
		})
	}
	return out
}

// loading are the attributes by which a page loads something or sends data.
var loading = map[string][]string{"script": {"src"}, "img": {"src"}, "iframe": {"src"}, "link": {"href"}, "form": {"action"}, "video": {"src"}, "audio": {"src"},
	"source": {"src"}, "object": {"data"}, "embed": {"src"}, "button": {"formaction"}, "input": {"formaction", "src"}}

// pageCalls returns the hosts a page loads from or sends to. Links that a
// person may follow are not calls.
func pageCalls(set *script.Set) []call {
	var out []call
	for _, p := range set.Pages {
		for _, t := range p.Tags {
			for _, attr := range loading[t.Name] {
				value := t.Attrs[attr]
				if strings.HasPrefix(value, "//") {
					value = "https:" + value
				}
				if host := hostOf(value); host != "" {
					line, col := p.File.Place(t.Offset)
					out = append(out, call{host, p.File, line, col, p.File.Quote(line, col)})
				}
			}
		}
	}
	return out
}

func (c call) at() findings.At {
	return findings.At{Path: c.file.Path, Line: c.line, Column: c.column, Quote: c.quote, Key: c.host}
}
