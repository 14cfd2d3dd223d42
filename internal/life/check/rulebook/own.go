package rulebook

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp/syntax"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// OwnPrefix is how the codes of an organisation's rules begin, so that they are
// never those of Paddock's, of any version.
const OwnPrefix = "own_"

// Bounds of an organisation's rules. A pattern takes time linear in the text, and
// in its own size when repeats are written out: that size is bounded too.
const (
	ownFiles    = 50
	ownRules    = 200
	ownBytes    = 500_000 // of all files
	ownPattern  = 3_000   // size of one pattern
	ownPatterns = 100_000 // of all patterns together
)

// File is a rule file as it was read.
type File struct {
	Name string
	Text []byte
}

// Own reads an organisation's rules from files: nil for none. Besides what Load
// asks for, each rule has an example that it must find and one that it must not,
// and the rules are few and cheap. Errors: Invalid, with the file.
func Own(files []File) (*Book, error) {
	if len(files) == 0 {
		return nil, nil
	}
	if len(files) > ownFiles {
		return nil, core.Errorf(core.Invalid, "There are %d rule files; at most %d are read.", len(files), ownFiles).At(path.Dir(files[0].Name))
	}
	b := &Book{Files: files}
	size := 0
	for _, f := range files {
		before := len(b.Rules)
		if size += len(f.Text); size > ownBytes {
			return nil, core.Errorf(core.Invalid, "The rule files are larger than %d bytes together.", ownBytes).At(f.Name)
		}
		if err := b.add(f.Name, f.Text); err != nil {
			return nil, err
		}
		for i := range b.Rules[before:] {
			b.Rules[before+i].Place = f.Name
		}
	}
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%s %d\n", path.Base(f.Name), len(f.Text))
		h.Write(f.Text)
	}
	b.Digest = "sha256:" + hex.EncodeToString(h.Sum(nil))
	total := 0
	for i := range b.Rules {
		r := &b.Rules[i]
		why := r.ownFault(&total)
		if i == ownRules {
			why = "it is one too many."
		}
		if why != "" {
			return nil, core.Errorf(core.Invalid, "The rule %q: %s", r.Code, why).At(r.Place).Hinted("Compare it with a rule of `paddock rules docs`.")
		}
	}
	return b, nil
}

// OwnIn reads an organisation's rules from a folder.
func OwnIn(fsys fs.FS, dir string) (*Book, error) {
	names, err := fs.Glob(fsys, path.Join(dir, "*.yaml"))
	if err != nil {
		return nil, core.Errorf(core.Unreadable, "The folder %q cannot be read.", dir)
	}
	var files []File
	for _, name := range names[:min(len(names), ownFiles+1)] {
		text, err := read(fsys, name)
		if err != nil {
			return nil, err
		}
		files = append(files, File{name, text})
	}
	return Own(files)
}

func (r *Rule) ownFault(total *int) string {
	if !strings.HasPrefix(r.Code, OwnPrefix) {
		return "the code of a rule of your own begins with " + OwnPrefix + ", such as own_no_ftp."
	}
	if len(r.Bad) == 0 || len(r.Good) == 0 {
		return "it needs an example in bad, which it must find, and one in good, which it must not."
	}
	for i := range r.Match {
		for _, p := range r.Match[i].patterns() {
			n := sizeOf(p)
			if n > ownPattern {
				return "the pattern " + p.String()[:min(60, len(p.String()))] + " is too large when its repeats are written out."
			}
			if *total += n; *total > ownPatterns {
				return "the patterns of all rules together are too large."
			}
		}
	}
	return ""
}

// patterns are all patterns of a match, with those inside of it.
func (m *Match) patterns() []Regexp {
	out := []Regexp{m.Path, m.NotPath, m.File, m.NotFile, m.Around, m.NotNear, m.Text, m.Statement, m.Instruction, m.Line, m.Clean}
	out = append(out, m.Value.patterns()...)
	for i := range m.Args {
		out = append(out, m.Args[i].patterns()...)
	}
	for _, c := range m.Where {
		out = append(out, c.patterns()...)
	}
	for i := range m.Also {
		out = append(out, m.Also[i].patterns()...)
	}
	return out
}

func (c *Cond) patterns() []Regexp {
	if c == nil {
		return nil
	}
	out := append([]Regexp{c.Text, c.Code}, c.Not.patterns()...)
	for i := range c.Or {
		out = append(out, c.Or[i].patterns()...)
	}
	return out
}

// sizeOf is about how many instructions a pattern has once it is compiled.
func sizeOf(r Regexp) int {
	if !r.Set() {
		return 0
	}
	re, err := syntax.Parse(r.src, syntax.Perl)
	if err != nil {
		return ownPattern + 1
	}
	return weigh(re)
}

func weigh(re *syntax.Regexp) int {
	n := 1 + len(re.Rune)
	for _, sub := range re.Sub {
		n += weigh(sub)
	}
	if re.Op == syntax.OpRepeat {
		times := max(re.Min, re.Max, 1)
		if n > ownPattern || n*times > ownPattern {
			return ownPattern + 1
		}
		n *= times
	}
	return min(n, 10*ownPattern)
}
