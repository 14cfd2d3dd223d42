package build

import (
	"path"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// extensions are tried in this order when an import names none.
var extensions = []string{".ts", ".tsx", ".mts", ".js", ".mjs", ".jsx", ".json"}

// resolver finds the file that an import means, inside the tree only.
type resolver struct {
	src      sources
	provided []string // modules that the runtime provides, such as "cloudflare:workers"
}

// resolve returns the path of the file that spec means when it stands in the
// file from; provided is true for a module that the runtime has.
func (r resolver) resolve(from, spec string) (file string, provided bool, err error) {
	switch {
	case slices.Contains(r.provided, spec):
		return spec, true, nil
	case spec == "" || len(spec) > maxPath || strings.ContainsAny(spec, "\x00\\"):
		return "", false, refuse(spec, "This is not a usable file name.", "Write the path with forward slashes.")
	case relative(spec):
		file, err = r.relative(from, spec)
	case strings.HasPrefix(spec, "/"):
		return "", false, refuse(spec, "It starts at the root of a computer.", `Write the path from this file, starting with "./".`)
	case strings.Contains(spec, ":"):
		return "", false, refuseScheme(spec)
	default:
		file, err = r.bare(from, spec)
	}
	return file, false, err
}

func relative(spec string) bool {
	return spec == "." || spec == ".." || strings.HasPrefix(spec, "./") || strings.HasPrefix(spec, "../")
}

func (r resolver) relative(from, spec string) (string, error) {
	at := path.Join(path.Dir(from), spec)
	if at == ".." || strings.HasPrefix(at, "../") {
		return "", refuse(spec, "It points outside the repository.", "Move the file into the repository and import it from there.")
	}
	file, err := r.file(at)
	if err == nil && file == "" {
		err = refuse(spec, "There is no such file in the repository.", "Check the spelling, and that the file is committed.")
	}
	return file, err
}

// file finds the file that a path without regard to extensions means: itself,
// itself with an extension, a .ts where .js is written, or a folder's index.
// It returns "" when there is none.
func (r resolver) file(at string) (string, error) {
	tries := []string{at}
	for _, e := range extensions {
		tries = append(tries, at+e)
	}
	if ext := path.Ext(at); ext == ".js" || ext == ".mjs" || ext == ".jsx" {
		tries = append(tries, strings.TrimSuffix(at, ext)+strings.Replace(ext, "j", "t", 1))
	}
	for _, e := range extensions {
		tries = append(tries, path.Join(at, "index"+e))
	}
	for _, t := range tries {
		if _, ok, err := r.src.read(t); err != nil || ok {
			return t, err
		}
	}
	return "", nil
}

// refuse says why an import cannot be followed, for makers.
func refuse(spec, why, fix string) *core.Error {
	return core.Errorf(core.Blocked, "The import %.120q cannot be used. %s", spec, why).Hinted("%s", fix)
}

func refuseScheme(spec string) *core.Error {
	switch scheme, _, _ := strings.Cut(spec, ":"); scheme {
	case "node":
		return refuseNode(spec)
	case "http", "https":
		return refuse(spec, "Code from the internet can change after your checks.", "Copy the file into the repository and import it from there.")
	case "file":
		return refuse(spec, "It points at a file of one computer.", `Write the path from this file, starting with "./".`)
	default:
		return refuse(spec, "Only files of the repository can be imported.", "Remove the import, or copy the code into the repository.")
	}
}

func refuseNode(spec string) *core.Error {
	return refuse(spec, "Apps do not run in Node, so its modules are missing.", "Use the web's own functions, such as fetch, URL and crypto.")
}
