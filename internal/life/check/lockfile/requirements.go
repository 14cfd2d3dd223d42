package lockfile

import (
	"path"
	"regexp"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// requirementsFile reports whether pip reads a file of this path by custom.
func requirementsFile(p string) bool {
	base := path.Base(p)
	return path.Ext(base) == ".txt" && (strings.Contains(base, "requirements") || path.Base(path.Dir(p)) == "requirements" && !strings.Contains(base, "constraints"))
}

// forBuilding reports whether a file's name says that it is for developers.
func forBuilding(p string) bool {
	base := path.Base(p)
	for _, word := range []string{"dev", "test", "lint", "docs", "doc-", "ci", "typing"} {
		for part := range strings.FieldsFuncSeq(strings.TrimSuffix(base, ".txt"), func(r rune) bool { return r == '-' || r == '_' || r == '.' }) {
			if part == word || part == word+"s" || part == word+"ing" || part == word+"elopment" {
				return true
			}
		}
	}
	return false
}

// pipLock is a requirements.txt in the making. What it pins is a package; what
// it leaves open is an open ask.
type pipLock struct {
	lock
	around *around
	seen   map[string]bool
	pins   map[string]string // by constraints
	dev    bool
	names  map[string]bool
}

// readRequirements reads a requirements.txt, with the files it includes.
//
// A list that pins its packages counts as exact, though pip itself would fetch
// what these ask for and the list leaves out; `pip freeze` and `pip-compile`
// write complete ones.
func readRequirements(f tree.File, a *around) (*lock, error) {
	l := &pipLock{around: a, seen: map[string]bool{}, pins: map[string]string{}, dev: forBuilding(f.Path), names: map[string]bool{}}
	if err := l.file(f, f, 0, false); err != nil {
		return nil, err
	}
	for i := range l.asks {
		a := &l.asks[i]
		if v, ok := l.pins[a.Name]; ok && a.Open {
			a.Open, a.Package = false, len(l.packages)
			if err := l.lock.add(Package{Ecosystem: PyPI, Name: a.Name, Version: v, Place: a.Name + "==" + v, Line: a.Line, Dev: l.dev}, -1); err != nil {
				return nil, err
			}
		}
	}
	l.find, l.lock.dev = l.byName(), true
	return &l.lock, nil
}

func (l *pipLock) file(f, main tree.File, depth int, constraints bool) error {
	if len(f.Text) > maxSize {
		return errorf("it is larger than %d MB.", maxSize/1_000_000)
	}
	if depth > 10 || l.seen[f.Path] {
		return nil
	}
	l.seen[f.Path] = true
	number, joined, begin := 0, "", 0
	for line := range strings.SplitSeq(string(f.Text), "\n") {
		number++
		line = strings.TrimSuffix(line, "\r")
		if joined == "" {
			begin = number
		}
		if cut, more := strings.CutSuffix(line, "\\"); more && len(joined) < 100_000 {
			joined += cut + " "
			continue
		}
		text := joined + line
		joined = ""
		if err := l.line(f, main, comment(text), begin, depth, constraints); err != nil {
			return err
		}
	}
	if joined != "" {
		return l.line(f, main, comment(joined), begin, depth, constraints)
	}
	return nil
}

// comment takes off a comment.
func comment(s string) string {
	if strings.HasPrefix(strings.TrimSpace(s), "#") {
		return ""
	}
	if i := strings.Index(s, " #"); i >= 0 {
		s = s[:i]
	}
	if i := strings.Index(s, "\t#"); i >= 0 {
		s = s[:i]
	}
	return s
}

func (l *pipLock) line(f, main tree.File, text string, number, depth int, constraints bool) error {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" {
		return nil
	}
	if strings.HasPrefix(trimmed, "-") {
		return l.option(f, main, trimmed, number, depth, constraints)
	}
	body, hashes := cutHashes(trimmed)
	if strings.HasPrefix(body, ".") || strings.HasPrefix(body, "/") || strings.HasSuffix(body, ".whl") && !strings.Contains(body, "://") {
		return nil // a folder or file of the app
	}
	if strings.Contains(body, "://") && !strings.Contains(strings.SplitN(body, "://", 2)[0], "@") {
		return l.address(f, body, number)
	}
	r, ok := parseRequirement(body)
	if !ok {
		return errorf("its line %d is not right.", number)
	}
	if r.url != "" {
		return l.address(f, r.name+" @ "+r.url, number)
	}
	if constraints {
		if v, ok := pinned(r.spec); ok {
			l.pins[r.name] = v
		}
		return nil
	}
	indent := len(text) - len(strings.TrimLeft(text, " \t"))
	a := Ask{Name: r.name, Want: r.spec, File: f, Line: number, Column: indent + 1, Dev: l.dev, Package: Missing}
	if r.spec != "" {
		a.WantLine, a.WantColumn = number, indent+r.at+1
	}
	v, exact := pinned(r.spec)
	if strings.ContainsAny(v, " \t") {
		return errorf("its line %d is not right.", number)
	}
	if !exact || strings.Contains(v, "$") {
		a.Open = true
		return l.keepAsk(a)
	}
	return l.put(a, Package{Ecosystem: PyPI, Name: r.name, Version: v, Hashes: hashes}, f, main)
}

func (l *pipLock) keepAsk(a Ask) error {
	if len(l.asks) >= maxPackages || len(a.Name) > maxText || len(a.Want) > maxText {
		return errorf("it asks for too many packages.")
	}
	l.asks = append(l.asks, a)
	return nil
}

// put keeps a package once for each version.
func (l *pipLock) put(a Ask, p Package, f, main tree.File) error {
	p.Place, p.Dev = p.Name+"=="+p.Version, l.dev
	if l.names[p.Place] {
		return nil
	}
	l.names[p.Place] = true
	if f.Path == main.Path {
		p.Line = a.Line
	}
	a.Package = len(l.packages)
	if err := l.keepAsk(a); err != nil {
		return err
	}
	return l.lock.add(p, -1)
}

func (l *pipLock) option(f, main tree.File, text string, number, depth int, constraints bool) error {
	name, value, _ := strings.Cut(strings.Replace(text, "=", " ", 1), " ")
	value = strings.TrimSpace(value)
	if !strings.HasPrefix(text, "--") && len(name) > 2 { // -rbase.txt
		name, value = text[:2], strings.TrimSpace(text[2:])
	}
	switch name {
	case "-r", "--requirement", "-c", "--constraint":
		isPins := constraints || name == "-c" || name == "--constraint"
		if strings.Contains(value, "://") {
			return errorf("its line %d includes a list from elsewhere.", number)
		}
		included := path.Join(dirOf(f), value)
		other := l.around.file(included)
		if other.Path == "" {
			return errorf("its line %d includes %.80s, which is not there.", number, value)
		}
		if requirementsFile(included) && !isPins {
			return nil // a list of its own
		}
		return l.file(other, main, depth+1, isPins)
	case "-e", "--editable":
		if strings.Contains(value, "://") {
			return l.address(f, value, number)
		}
	}
	return nil
}

var commitOf = regexp.MustCompile(`@([0-9a-fA-F]{7,40}|v?[0-9][\w.]*)(#|$)`)
var eggOf = regexp.MustCompile(`[#&]egg=([A-Za-z0-9._-]+)`)
var wheelOf = regexp.MustCompile(`/([A-Za-z0-9._]+?)-([0-9][A-Za-z0-9.!+_]*?)(-[^/]*\.whl|\.tar\.gz|\.zip)([#?]|$)`)

// address keeps a package that comes from an address.
func (l *pipLock) address(f tree.File, text string, number int) error {
	name, url, named := strings.Cut(text, " @ ")
	if !named {
		name, url = "", text
	}
	version := ""
	if m := wheelOf.FindStringSubmatch(url); m != nil {
		name, version = m[1], m[2]
	} else if m := commitOf.FindStringSubmatch(url); m != nil {
		version = m[1]
	}
	if m := eggOf.FindStringSubmatch(url); m != nil && name == "" {
		name = m[1]
	}
	if name == "" {
		name = strings.TrimSuffix(path.Base(strings.SplitN(strings.SplitN(url, "#", 2)[0], "@", 2)[0]), ".git")
	}
	if name = PythonName(name); name == "" || len(url) > maxText {
		return errorf("its line %d is not right.", number)
	}
	a := Ask{Name: name, Want: url, File: f, Line: number, Column: 1, Dev: l.dev, Package: Missing, Open: version == ""}
	if a.Open {
		return l.keepAsk(a)
	}
	return l.put(a, Package{Ecosystem: PyPI, Name: name, Version: version, Resolved: url}, f, f)
}

// cutHashes parts a requirement from its --hash options and others.
func cutHashes(s string) (string, []Hash) {
	i := strings.Index(s, " -")
	if i < 0 {
		return s, nil
	}
	var out []Hash
	for word := range strings.FieldsSeq(s[i:]) {
		if sum, ok := strings.CutPrefix(word, "--hash="); ok {
			algorithm, value, _ := strings.Cut(sum, ":")
			if h, ok := hashOf(algorithm, value); ok {
				out = append(out, h)
			}
		}
	}
	if len(out) > 1 {
		out = nil // of several files, of which pip takes one
	}
	return strings.TrimSpace(s[:i]), out
}
