package dependencies

import (
	"embed"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/osv"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
)

// Bounds of what is compared.
const (
	maxNames = 3000
	maxName  = 60 // letters
)

//go:embed popular/*.txt
var popularFiles embed.FS

// names is the well-known packages of one ecosystem.
type names struct {
	all  map[string]bool
	like map[string]string // spelling without marks and look-alike letters -> name
}

// lookalikes looks at the names that the app itself asks for: there people make
// slips of the hand.
func (c *checker) lookalikes(p *lockfile.Project) {
	if len(p.Asks) == 0 {
		return
	}
	known := c.popular()[string(p.Ecosystem)]
	for i, a := range p.Asks {
		if i == maxNames {
			c.res.Missed("%s asks for more than %d packages; the names of the others were not compared", p.List(), maxNames)
			break
		}
		if a.Package == lockfile.Local {
			continue
		}
		meant := known.meant(osv.Normal(string(p.Ecosystem), a.Name))
		if meant == "" {
			continue
		}
		at := findings.At{Path: a.File.Path, Line: a.Line, Column: a.Column, Quote: a.File.Quote(a.Line, a.Column), Key: a.Name}
		if col := columnOf(a.File, a.Line, a.Name); col > 0 && p.Tool == "pip" && len(meant) >= 5 { // the list is all there is to change
			at.Edits = []core.Edit{{Kind: core.EditReplace, Path: a.File.Path, Line: a.Line, Column: col, End: col + len(a.Name), Old: a.Name, New: meant}}
		}
		c.res.Add(findings.New("dependency_lookalike", at,
			"package", a.Name, "meant", meant, "file", a.File.Path))
	}
}

// popular reads the lists when they are first needed.
func (c *checker) popular() map[string]*names {
	if c.known == nil {
		c.known = readPopular()
	}
	return c.known
}

func readPopular() map[string]*names {
	out := map[string]*names{}
	add := func(ecosystem string, list []string) {
		n := out[ecosystem]
		if n == nil {
			n = &names{all: map[string]bool{}, like: map[string]string{}}
			out[ecosystem] = n
		}
		for _, name := range list {
			name = osv.Normal(ecosystem, name)
			n.all[name] = true
			if n.like[spelt(name)] == "" {
				n.like[spelt(name)] = name
			}
		}
	}
	files, _ := popularFiles.ReadDir("popular")
	for _, f := range files {
		text, _ := popularFiles.ReadFile("popular/" + f.Name())
		for line := range strings.Lines(string(text)) {
			words := strings.Fields(line)
			if len(words) == 0 || words[0] == "#" {
				continue
			}
			if f.Name() == "others.txt" {
				add(words[0], words[1:])
			} else {
				add(strings.TrimSuffix(f.Name(), ".txt"), words)
			}
		}
	}
	return out
}

// meant returns the well-known name that this one is almost; "" for a
// well-known name itself and for any other.
func (n *names) meant(name string) string {
	if n == nil || n.all[name] || len(name) > maxName {
		return ""
	}
	if like := n.like[spelt(name)]; like != "" && len(name) >= 4 {
		return like
	}
	for _, near := range slips(name) {
		if n.all[near] && len(near) >= 5 {
			return near
		}
	}
	return ""
}
