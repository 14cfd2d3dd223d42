package vendors

import (
	_ "embed" // the data
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

//go:embed data/vendors.txt
var vendorsText string

// firm is a vendor that everybody may know, with how code shows that it is
// called.
type firm struct {
	name, title, category, purpose string
	hosts                          []string
}

// sign is a name by which a firm is known in one kind of files.
type sign struct {
	kind string // host, url, or the kind of a package: npm, scope, pypi, go, java, nuget, gem, php, cargo, action
	firm int    // -1 for url
}

// book is what is known of firms. It does not change once it is made.
type book struct {
	date  string
	firms []firm
	texts []string          // names to look for
	signs map[string][]sign // by name
	hosts map[string]int    // firms by host
}

func load() (*book, error) {
	b := &book{signs: map[string][]sign{}, hosts: map[string]int{}}
	purposes := map[string]string{}
	for line := range strings.Lines(vendorsText) {
		if date, ok := strings.CutPrefix(line, "# date: "); ok {
			b.date = strings.TrimSpace(date)
		}
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		if rest, ok := strings.CutPrefix(line, "category "); ok {
			name, purpose, _ := strings.Cut(rest, " ")
			purposes[name] = purpose
			continue
		}
		if err := b.firm(strings.Split(line, " | "), purposes); err != nil {
			return nil, err
		}
	}
	for _, scheme := range []string{"http", "https", "wss"} {
		b.sign(scheme, sign{"url", -1})
	}
	return b, nil
}

func (b *book) firm(parts []string, purposes map[string]string) error {
	if len(parts) < 4 || purposes[parts[1]] == "" {
		return fmt.Errorf("vendors: %q cannot be read", parts)
	}
	f := firm{name: parts[0], category: parts[1], title: parts[2], purpose: purposes[parts[1]]}
	n := len(b.firms)
	for _, part := range parts[3:] {
		words := strings.Fields(part)
		if len(words) < 2 {
			return fmt.Errorf("vendors: %s: %q cannot be read", f.name, part)
		}
		for _, w := range words[1:] {
			low := strings.ToLower(w)
			switch kind := words[0]; kind {
			case "hosts":
				f.hosts = append(f.hosts, low)
				b.hosts[low] = n
				b.sign(low, sign{"host", n})
			case "npm":
				if owner, ok := strings.CutSuffix(low, "/*"); ok {
					b.sign(strings.TrimPrefix(owner, "@"), sign{"scope", n})
				} else {
					b.sign(strings.TrimPrefix(low, "@"), sign{kind, n})
				}
			case "pypi", "go", "java", "nuget", "gem", "php", "cargo", "action":
				b.sign(low, sign{kind, n})
			default:
				return fmt.Errorf("vendors: %s: no kind %q", f.name, kind)
			}
		}
	}
	b.firms = append(b.firms, f)
	return nil
}

func (b *book) sign(text string, s sign) {
	if len(b.signs[text]) == 0 {
		b.texts = append(b.texts, text)
	}
	b.signs[text] = append(b.signs[text], s)
}

// of returns the firm that a host belongs to, by its longest known name.
func (b *book) of(host string) (int, bool) {
	for {
		if n, ok := b.hosts[host]; ok {
			return n, true
		}
		_, rest, more := strings.Cut(host, ".")
		if !more {
			return 0, false
		}
		host = rest
	}
}

// Names returns the names to look for.
func Names() []string {
	b, err := load()
	if err != nil {
		return nil // Check says so
	}
	return b.texts
}

func digest() string { return findings.Digest([]byte(vendorsText)) }
