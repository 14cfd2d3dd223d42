package archtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
)

// module is the path that all our packages begin with.
const module = "github.com/paddock-dev/paddock"

// unit is one of our packages, without its tests.
type unit struct {
	path    string   // without the module: "internal/core"
	dir     string   // on disk
	imports []string // as written; ours without the module, with a leading "./"
	files   []*ast.File
	types   *types.Package
	info    *types.Info
}

// house is all of our packages.
type house struct {
	fset  *token.FileSet
	units []*unit
}

// listed is what the go command says of a package.
type listed struct {
	ImportPath, Dir, Export    string
	Standard                   bool
	GoFiles, CgoFiles, Imports []string
	Error                      *struct{ Err string }
}

// list asks the go command for all packages of the module in dir, and for what
// they stand on.
func list(dir string, flags ...string) ([]listed, error) {
	args := append([]string{"list", "-deps", "-json=ImportPath,Dir,Export,Standard,GoFiles,CgoFiles,Imports,Error"}, flags...)
	cmd := exec.Command("go", append(args, "./...")...)
	cmd.Dir = dir
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, errs.String())
	}
	var all []listed
	for dec := json.NewDecoder(&out); ; {
		var p listed
		err := dec.Decode(&p)
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		if p.Error != nil {
			return nil, fmt.Errorf("%s: %s", p.ImportPath, p.Error.Err)
		}
		all = append(all, p)
	}
}

// graph returns our packages with their imports only.
func graph(all []listed) []*unit {
	var units []*unit
	for _, p := range all {
		path, ours := strings.CutPrefix(p.ImportPath, module+"/")
		if !ours {
			continue
		}
		u := &unit{path: path, dir: p.Dir}
		for _, i := range p.Imports {
			if own, ours := strings.CutPrefix(i, module+"/"); ours {
				i = "./" + own
			}
			u.imports = append(u.imports, i)
		}
		units = append(units, u)
	}
	return units
}

// builtWith are the flags that this test was built with: they make the go command
// reuse what is built already.
func builtWith() (flags []string) {
	info, _ := debug.ReadBuildInfo()
	for _, s := range info.Settings {
		if s.Key == "-race" || s.Key == "-gcflags" {
			flags = append(flags, s.Key+"="+s.Value)
		}
	}
	return flags
}

// load reads and type-checks all packages of the module in dir. What they
// import is read as export data from the build cache.
func load(dir string) (*house, error) {
	all, err := list(dir, append([]string{"-export"}, builtWith()...)...)
	if err != nil {
		return nil, err
	}
	h := &house{fset: token.NewFileSet(), units: graph(all)}
	export, files := map[string]string{}, map[string][]string{}
	for _, p := range all {
		export[p.ImportPath], files[p.ImportPath] = p.Export, append(p.GoFiles, p.CgoFiles...)
	}
	from := importer.ForCompiler(h.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(export[path]) })
	for _, u := range h.units {
		if err := h.check(u, files[module+"/"+u.path], from); err != nil {
			return nil, err
		}
	}
	return h, nil
}

func (h *house) check(u *unit, files []string, from types.Importer) error {
	for _, name := range files {
		f, err := parser.ParseFile(h.fset, filepath.Join(u.dir, name), nil, parser.ParseComments)
		if err != nil {
			return err
		}
		u.files = append(u.files, f)
	}
	u.info = &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}}
	var err error
	u.types, err = (&types.Config{Importer: from, FakeImportC: true}).Check(module+"/"+u.path, h.fset, u.files, u.info)
	return err
}

// at returns the place of a node as file:line, seen from the unit's folder.
func (h *house) at(u *unit, n ast.Node) string {
	p := h.fset.Position(n.Pos())
	return fmt.Sprintf("%s/%s:%d", u.path, filepath.Base(p.Filename), p.Line)
}

// ours loads the house once for all tests.
var ours = func() func(t *testing.T) *house {
	once := sync.OnceValues(func() (*house, error) { return load("../..") })
	return func(t *testing.T) *house {
		h, err := once()
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
}()
