// Package web holds the styles, scripts and icon of the pages, embedded into
// the binary and served under names that change with their content.
//
// styles/ is plain CSS in cascade layers, joined into one file; scripts/ is
// our own; vendor/ holds htmx 4.0.1 and its hx-csp extension as published on
// npm, with their licence. shots.mjs takes pictures of the pages and checks them.
package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
)

//go:embed styles/*.css scripts/*.js vendor/*.js icon.svg
var files embed.FS

// parts says which files make up each asset, in order.
func parts() map[string][]string {
	return map[string][]string{
		"paddock.css": {"styles/tokens.css", "styles/base.css", "styles/layout.css", "styles/parts.css", "styles/pages.css"},
		"paddock.js":  {"scripts/paddock.js"},
		"htmx.js":     {"vendor/htmx.min.js"},
		"hx-csp.js":   {"vendor/hx-csp.min.js"},
		"icon.svg":    {"icon.svg"},
	}
}

// types gives the media type for an asset's extension.
func types() map[string]string {
	return map[string]string{
		".css": "text/css; charset=utf-8",
		".js":  "text/javascript; charset=utf-8",
		".svg": "image/svg+xml",
	}
}

// Bundle serves the assets. Make one with Load; it is read only afterwards.
type Bundle struct {
	paths  map[string]string // asset name -> path with the hash
	bodies map[string][]byte // file name with the hash -> content
}

// Load reads and names the assets. It fails only if the binary was built wrong.
func Load() (*Bundle, error) {
	b := &Bundle{paths: map[string]string{}, bodies: map[string][]byte{}}
	for name, from := range parts() {
		var body []byte
		for _, f := range from {
			part, err := files.ReadFile(f)
			if err != nil {
				return nil, err
			}
			body = append(body, part...)
		}
		sum := sha256.Sum256(body)
		ext := path.Ext(name)
		hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
		b.paths[name] = "/assets/" + hashed
		b.bodies[hashed] = body
	}
	return b, nil
}

// Path returns where an asset is served, such as /assets/paddock.1f….css, or
// "" for an unknown name.
func (b *Bundle) Path(name string) string { return b.paths[name] }

// ServeHTTP answers GET /assets/{file}. A hashed name never changes its
// content, so browsers may keep it for a year.
func (b *Bundle) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.URL.Path)
	body, ok := b.bodies[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", types()[path.Ext(name)])
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(body)
}
