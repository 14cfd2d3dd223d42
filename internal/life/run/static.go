package run

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

// maxStatic is the largest file that is served, in bytes.
const maxStatic = 25 << 20

// contentTypes are fixed, so that answers do not depend on the machine's tables.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".mjs": "text/javascript; charset=utf-8", ".json": "application/json", ".map": "application/json", ".txt": "text/plain; charset=utf-8",
	".md": "text/markdown; charset=utf-8", ".csv": "text/csv; charset=utf-8", ".xml": "application/xml", ".svg": "image/svg+xml",
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp", ".avif": "image/avif",
	".ico": "image/x-icon", ".woff": "font/woff", ".woff2": "font/woff2", ".ttf": "font/ttf", ".pdf": "application/pdf",
	".wasm": "application/wasm", ".webmanifest": "application/manifest+json",
}

// serveStatic answers GET and HEAD for a file of the app's public folder, and
// reports whether there was one. A folder stands for its index.html; names
// that start with a dot are not served.
func serveStatic(w http.ResponseWriter, r *http.Request, public fs.FS) bool {
	if public == nil || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	name, ok := staticName(r.URL.Path)
	if !ok {
		return false
	}
	body, name, ok := readStatic(public, name)
	if !ok {
		return false
	}
	h := w.Header()
	kind := contentTypes[strings.ToLower(path.Ext(name))]
	if kind == "" {
		kind = "application/octet-stream"
	}
	sum := sha256.Sum256(body)
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	h.Set("Cache-Control", "no-cache") // always asked for, answered with 304 while it is the same
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	return true
}

// staticName turns a URL path into a name inside the folder. Only clean paths
// count: a path with "..", "//" or a hidden part goes to the app.
func staticName(urlPath string) (string, bool) {
	name := strings.TrimPrefix(urlPath, "/")
	name = strings.TrimSuffix(name, "/")
	if name == "" {
		return ".", true
	}
	if !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") {
		return "", false
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") {
			return "", false
		}
	}
	return name, true
}

func readStatic(public fs.FS, name string) ([]byte, string, bool) {
	info, err := fs.Stat(public, name)
	if err == nil && info.IsDir() {
		name = path.Join(name, "index.html")
		info, err = fs.Stat(public, name)
	}
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxStatic {
		return nil, "", false
	}
	body, err := fs.ReadFile(public, name)
	return body, name, err == nil
}
