package lockfile

import (
	"regexp"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// readGemfileLock reads a Gemfile.lock: sections at the first column, gems
// indented by four, and what they ask for by six spaces.
func readGemfileLock(f tree.File, _ *around) (*lock, error) {
	if len(f.Text) > maxSize {
		return nil, errorf("it is larger than %d MB.", maxSize/1_000_000)
	}
	l := &lock{}
	at, own, sums := map[string]int{}, map[string]bool{}, map[string]string{}
	type edge struct {
		from int
		name string
	}
	var edges []edge
	section, remote, revision, last, number := "", "", "", Missing, 0
	for line := range strings.SplitSeq(string(f.Text), "\n") {
		number++
		line = strings.TrimRight(line, "\r ")
		text := strings.TrimLeft(line, " ")
		name, version := gem(text)
		switch indent := len(line) - len(text); {
		case text == "":
		case strings.HasPrefix(text, "<<<<<<<") || strings.HasPrefix(text, ">>>>>>>"):
			return nil, errorf("its line %d is left from a merge.", number)
		case indent == 0:
			section, remote, revision, last = text, "", "", Missing
		case indent == 2 && strings.HasPrefix(text, "remote: "):
			remote = text[len("remote: "):]
		case indent == 2 && strings.HasPrefix(text, "revision: "):
			revision = text[len("revision: "):]
		case indent == 2 && section == "DEPENDENCIES":
			name = strings.TrimSuffix(name, "!")
			l.roots = append(l.roots, root{name: name, want: version})
		case indent == 2 && section == "CHECKSUMS":
			_, sum, _ := strings.Cut(text, ") sha256=")
			sums[name+"@"+version] = sum
		case indent == 4 && section == "PATH":
			own[name], last = true, Missing
		case indent == 4 && (section == "GEM" || section == "GIT" || section == "PLUGIN SOURCE"):
			if name == "" || version == "" {
				return nil, errorf("its line %d is not right.", number)
			}
			version, _, _ = strings.Cut(version, "-") // what follows is the platform
			last = len(l.packages)
			if i, twice := at[name]; twice {
				last = i
				continue
			}
			p := Package{Ecosystem: RubyGems, Name: name, Version: version, Place: name + "@" + version, Line: number}
			if section == "GIT" {
				p.Resolved = remote + "#" + revision
			}
			at[name] = last
			if err := l.add(p, -1); err != nil {
				return nil, err
			}
		case indent == 6 && section == "PATH":
			l.roots = append(l.roots, root{name: name, want: version})
		case indent == 6 && last >= 0 && len(edges) < maxNeeds:
			edges = append(edges, edge{last, name})
		}
	}
	for _, e := range edges {
		if to, ok := at[e.name]; ok {
			l.need(e.from, to)
		}
	}
	for i := range l.packages {
		if h, ok := hashOf("sha256", sums[l.packages[i].Place]); ok {
			l.packages[i].Hashes = []Hash{h}
		}
	}
	if section == "" {
		return nil, errorf("it is empty.")
	}
	l.find = func(_ string, a Ask) int {
		if i, ok := at[a.Name]; ok {
			return i
		}
		if own[a.Name] || a.Name == "bundler" {
			return Local
		}
		return Missing
	}
	return l, nil
}

// gem parts "name (version)".
func gem(text string) (name, version string) {
	name, version, _ = strings.Cut(text, " (")
	version, _, _ = strings.Cut(version, ")")
	return name, strings.TrimPrefix(version, "= ")
}

var (
	gemLine  = regexp.MustCompile(`^(\s*)gem[\s(]+['"]([A-Za-z0-9._-]+)['"](?:\s*,\s*['"]([^'"]*)['"])?(.*)$`)
	gemGroup = regexp.MustCompile(`^\s*group[\s(]+(.*?)\)?\s+do\b`)
	rubyEnd  = regexp.MustCompile(`^\s*end\b`)
	rubyDo   = regexp.MustCompile(`\bdo(\s*\|[^|]*\|)?\s*$|^\s*(if|unless|case)\b`)
)

// readGemfile reads the plain gem lines of a Gemfile, which is a program: what
// it works out is only seen in Gemfile.lock.
func readGemfile(f tree.File) (*manifest, error) {
	if len(f.Text) > maxSize {
		return nil, errorf("it is larger than %d MB.", maxSize/1_000_000)
	}
	m, number := &manifest{tool: "bundler"}, 0
	var blocks []bool // whether each open block is for building only
	for line := range strings.SplitSeq(string(f.Text), "\n") {
		number++
		if len(line) > maxText {
			continue
		}
		if g := gemGroup.FindStringSubmatch(line); g != nil {
			blocks = append(blocks, building(g[1]))
		} else if rubyEnd.MatchString(line) && len(blocks) > 0 {
			blocks = blocks[:len(blocks)-1]
		} else if rubyDo.MatchString(line) && len(blocks) < maxDepth {
			blocks = append(blocks, false)
		}
		g := gemLine.FindStringSubmatchIndex(line)
		if g == nil || len(m.asks) >= maxPackages {
			continue
		}
		rest := line[g[8]:g[9]]
		a := Ask{Name: line[g[4]:g[5]], File: f, Line: number, Column: g[4] + 1, Dev: strings.Contains(rest, "group") && building(rest)}
		for _, b := range blocks {
			a.Dev = a.Dev || b
		}
		if g[6] >= 0 {
			a.Want, a.WantLine, a.WantColumn = line[g[6]:g[7]], number, g[6]+1
		}
		if strings.Contains(rest, "path:") || strings.Contains(rest, ":path") {
			a.Want, a.WantLine, a.WantColumn = "file:", 0, 0
		}
		m.asks = append(m.asks, a)
	}
	m.asks = unique(m.asks)
	return m, nil
}

// building reports whether all groups named are for developers.
func building(groups string) bool {
	some := false
	for g := range strings.FieldsFuncSeq(groups, func(r rune) bool { return !(r == '_' || r >= 'a' && r <= 'z') }) {
		switch g {
		case "development", "test", "ci", "lint", "doc", "docs":
			some = true
		case "group", "groups", "require", "false", "true":
		default:
			return false
		}
	}
	return some
}
