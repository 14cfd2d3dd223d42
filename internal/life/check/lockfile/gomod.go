package lockfile

import (
	"bytes"
	"path"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// readGoMod reads a go.mod, which lists all modules that are built in (from
// Go 1.17 on), with the sums in go.sum beside it. Versions keep their v.
func readGoMod(f tree.File, a *around) (*lock, error) {
	if len(f.Text) > maxSize {
		return nil, errorf("it is larger than %d MB.", maxSize/1_000_000)
	}
	mod, err := modfile.Parse("go.mod", f.Text, nil)
	if err != nil {
		text, _, _ := strings.Cut(err.Error(), "\n")
		return nil, errorf("it is not right: %s.", text)
	}
	l := &lock{dev: true}
	sumFile := a.file(path.Join(dirOf(f), "go.sum"))
	sums := goSums(sumFile.Text)
	work := a.file(path.Join(dirOf(f), "go.work")).Path != ""
	swap := map[module.Version]modfile.Replace{}
	for _, r := range mod.Replace {
		swap[r.Old] = *r
	}
	listed := map[string]bool{}
	for _, r := range mod.Require {
		at, local := r.Mod, false
		for _, old := range []module.Version{r.Mod, {Path: r.Mod.Path}} {
			if s, ok := swap[old]; ok {
				at, local = s.New, modfile.IsDirectoryPath(s.New.Path)
				break
			}
		}
		listed[at.Path] = true
		ask := goAsk(f, r)
		if local {
			ask.Package = Local
		} else {
			ask.Package = len(l.packages)
			p := Package{Ecosystem: Go, Name: at.Path, Version: at.Version, Place: at.String(), Line: r.Syntax.Start.Line, Sum: sums[at.String()]}
			if err := l.add(p, -1); err != nil {
				return nil, err
			}
			_, full := sums[at.String()]
			_, half := sums[at.String()+"/go.mod"]
			ask.Stale = sumFile.Path != "" && !full && !half && !work && !r.Indirect
		}
		if !r.Indirect {
			l.asks = append(l.asks, ask)
		}
	}
	l.tools(f, mod)
	if mod.Go == nil || semver.Compare("v"+mod.Go.Version, "v1.17") < 0 {
		if err := l.older(sums, listed); err != nil {
			return nil, err
		}
	}
	if mod.Toolchain != nil {
		l.toolchain = strings.TrimPrefix(mod.Toolchain.Name, "go")
	}
	if len(l.packages) > 0 && sumFile.Path == "" && !work {
		l.lacks = "go.sum"
	}
	l.find = l.byName()
	return l, nil
}

func goAsk(f tree.File, r *modfile.Require) Ask {
	a := Ask{Name: r.Mod.Path, Want: r.Mod.Version, File: f, Line: r.Syntax.Start.Line, Column: r.Syntax.Start.LineRune}
	line := string(f.Line(a.Line))
	if i := strings.Index(line, r.Mod.Path); i >= 0 {
		a.Column = i + 1
		if j := strings.Index(line[i:], r.Mod.Version); j >= 0 {
			a.WantLine, a.WantColumn = a.Line, i+j+1
		}
	}
	return a
}

// tools adds an ask for each module that a tool line takes a program from.
func (l *lock) tools(f tree.File, mod *modfile.File) {
	for _, t := range mod.Tool {
		best := -1
		for i, p := range l.packages {
			if (t.Path == p.Name || strings.HasPrefix(t.Path, p.Name+"/")) && (best < 0 || len(p.Name) > len(l.packages[best].Name)) {
				best = i
			}
		}
		if best >= 0 && t.Syntax != nil {
			l.asks = append(l.asks, Ask{Name: l.packages[best].Name, Dev: true, File: f, Line: t.Syntax.Start.Line, Column: t.Syntax.Start.LineRune, Package: best})
		}
	}
}

// older adds the modules of go.sum, of those whose files were fetched: before
// Go 1.17, go.mod did not list what modules ask for.
func (l *lock) older(sums map[string]string, listed map[string]bool) error {
	for _, key := range sortedKeys(sums) {
		name, version, ok := strings.Cut(key, "@")
		if !ok || strings.HasSuffix(key, "/go.mod") || listed[name] {
			continue
		}
		if err := l.add(Package{Ecosystem: Go, Name: name, Version: version, Place: key, Sum: sums[key]}, -1); err != nil {
			return err
		}
	}
	return nil
}

// goSums reads a go.sum: module@version -> h1:..., and module@version/go.mod.
func goSums(data []byte) map[string]string {
	out := map[string]string{}
	for line := range bytes.Lines(data[:min(len(data), maxSize)]) {
		words := bytes.Fields(line)
		if len(words) == 3 && len(out) < 4*maxPackages {
			out[string(words[0])+"@"+string(words[1])] = string(words[2])
		}
	}
	return out
}
