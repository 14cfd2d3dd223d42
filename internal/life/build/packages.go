package build

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
)

// nodeModules are names that people import from Node without its prefix.
var nodeModules = []string{"assert", "async_hooks", "buffer", "child_process", "cluster", "crypto", "dns", "events", "fs", "fs/promises",
	"http", "http2", "https", "module", "net", "os", "path", "perf_hooks", "process", "querystring", "readline", "stream", "tls", "tty",
	"url", "util", "v8", "vm", "worker_threads", "zlib"}

// conditions are the keys of an exports map that are followed, best first.
var conditions = []string{"workerd", "worker", "import", "module", "default"}

// bare finds a package in a node_modules folder of the tree, beside the
// importing file or above it.
func (r resolver) bare(from, spec string) (string, error) {
	name, sub := splitPackage(spec)
	for dir := path.Dir(from); ; dir = path.Dir(dir) {
		if path.Base(dir) != "node_modules" {
			file, err := r.inPackage(path.Join(dir, "node_modules", name), sub)
			if err != nil || file != "" {
				return file, err
			}
		}
		if dir == "." {
			break
		}
	}
	if slices.Contains(nodeModules, spec) {
		return "", refuseNode(spec)
	}
	return "", refuse(spec, "This package is not in the repository, and a build fetches nothing.",
		"Write the code without it, or commit the package under node_modules.")
}

// splitPackage parts "@scope/name/sub/file" into name and "./sub/file".
func splitPackage(spec string) (name, sub string) {
	parts := strings.Split(spec, "/")
	n := 1
	if strings.HasPrefix(spec, "@") {
		n = min(2, len(parts))
	}
	return strings.Join(parts[:n], "/"), "./" + strings.Join(parts[n:], "/")
}

// inPackage finds the file of a package; "" when the package has none.
func (r resolver) inPackage(dir, sub string) (string, error) {
	text, ok, err := r.src.read(dir + "/package.json")
	if err != nil {
		return "", err
	}
	var about struct {
		Exports      any `json:"exports"`
		Module, Main any
	}
	if ok && json.Unmarshal(text, &about) != nil {
		return "", refuse(dir+"/package.json", "It is not valid JSON.", "Commit the package again.")
	}
	if about.Exports != nil {
		return r.below(dir, exported(about.Exports, sub))
	}
	if sub != "./" {
		return r.below(dir, sub)
	}
	for _, main := range []any{about.Module, about.Main, "./index"} {
		if s, _ := main.(string); s != "" {
			if file, err := r.below(dir, s); err != nil || file != "" {
				return file, err
			}
		}
	}
	return "", nil
}

// below finds a file of the package, and nothing outside of it.
func (r resolver) below(dir, sub string) (string, error) {
	at := path.Join(dir, sub)
	if sub == "" || !strings.HasPrefix(at, dir+"/") {
		return "", nil
	}
	return r.file(at)
}

// exported looks up an exports map: a path, conditions, or subpaths of either.
// One star in a key stands for any text.
func exported(exports any, sub string) string {
	if sub == "./" {
		sub = "."
	}
	m, _ := exports.(map[string]any)
	subpaths := false
	for key := range m {
		subpaths = subpaths || strings.HasPrefix(key, ".")
	}
	if !subpaths {
		if sub == "." {
			return conditional(exports, 0)
		}
		return ""
	}
	if v, ok := m[sub]; ok {
		return conditional(v, 0)
	}
	best, file := "", "" // the longest matching key wins, as in Node
	for key, v := range m {
		before, after, star := strings.Cut(key, "*")
		if star && len(key) > len(best) && len(sub) > len(before)+len(after) && strings.HasPrefix(sub, before) && strings.HasSuffix(sub, after) {
			middle := sub[len(before) : len(sub)-len(after)]
			best, file = key, strings.ReplaceAll(conditional(v, 0), "*", middle)
		}
	}
	return file
}

// conditional follows conditions to a path; "" when none fits.
func conditional(v any, depth int) string {
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		for _, c := range conditions {
			if next, ok := v[c]; ok && depth < 8 {
				if s := conditional(next, depth+1); s != "" {
					return s
				}
			}
		}
	}
	return ""
}
