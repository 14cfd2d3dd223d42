package outside

import (
	"net/url"
	"path"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// places finds the app's files by what tools call them.
type places struct {
	run  *sarifRun
	tree *tree.Tree
}

// file returns the path of a file of the app: as the tool gives it, without the
// folder that the tool ran in. It returns the cleaned name and false for a file
// that the app does not have.
func (p places) file(a address) (string, bool) {
	if a.URI == "" && a.Index != nil && *a.Index >= 0 && *a.Index < len(p.run.Artifacts) {
		a = p.run.Artifacts[*a.Index].Location
	}
	name := plain(p.based(a))
	for rest := name; rest != ""; _, rest, _ = strings.Cut(rest, "/") {
		if _, ok := p.tree.Find(rest); ok {
			return rest, true
		}
		if !strings.HasPrefix(name, "/") {
			break // a relative name says all of it
		}
	}
	return strings.TrimPrefix(name, "/"), false
}

// based puts the base that an address names before it, if the log says what the
// base is. Bases may have bases; a circle ends.
func (p places) based(a address) string {
	uri := a.URI
	for range 5 {
		if strings.Contains(uri, "://") || strings.HasPrefix(uri, "/") || a.Base == "" {
			break
		}
		next, ok := p.run.Bases[a.Base]
		if !ok || next.URI == "" {
			break
		}
		a, uri = next, strings.TrimSuffix(next.URI, "/")+"/"+uri
	}
	return uri
}

// plain turns an address into a path: no scheme, no %20, no drive, forward
// slashes, no steps upwards.
func plain(uri string) string {
	if rest, ok := strings.CutPrefix(uri, "file://"); ok {
		if i := strings.IndexByte(rest, '/'); i > 0 {
			rest = rest[i:] // a host
		}
		uri = rest
	}
	if s, err := url.PathUnescape(uri); err == nil {
		uri = s
	}
	uri = strings.ReplaceAll(uri, `\`, "/")
	if i := strings.Index(uri, ":/"); i == 1 || i == 2 && uri[0] == '/' {
		uri = uri[i+1:]
	}
	if strings.HasPrefix(uri, "/") {
		return path.Clean(uri)
	}
	return strings.TrimPrefix(path.Clean("/"+uri), "/")
}
