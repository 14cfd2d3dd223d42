package licences

import "strings"

// free lists the SPDX ids, in lower case, of common licences that ask at most
// for a notice or for sharing changes to the package itself.
var free = wordSet(`mit mit-0 isc 0bsd apache-2.0 bsd-2-clause bsd-3-clause bsd-3-clause-clear bsd-4-clause unlicense cc0-1.0 zlib wtfpl
 blueoak-1.0.0 python-2.0 psf-2.0 artistic-2.0 bsl-1.0 x11 ncsa postgresql ofl-1.1 upl-1.0 afl-2.1 afl-3.0 cc-by-3.0 cc-by-4.0 unicode-dfs-2016 unicode-3.0 curl openssl
 mpl-1.1 mpl-2.0 epl-1.0 epl-2.0 cddl-1.0 cddl-1.1 ms-pl
 lgpl-2.0-only lgpl-2.0-or-later lgpl-2.1 lgpl-2.1-only lgpl-2.1-or-later lgpl-3.0 lgpl-3.0-only lgpl-3.0-or-later lgpl-2.1+ lgpl-3.0+ apache2 bsd`)

// aliases are older spellings seen in packages.
var aliases = map[string]string{"apache 2.0": "apache-2.0", "apache license 2.0": "apache-2.0", "apache license, version 2.0": "apache-2.0", "public domain": "cc0-1.0", "mit license": "mit", "the mit license": "mit", "new bsd": "bsd-3-clause"}

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}

// Judge reads an SPDX expression. Of two joined by OR the milder counts,
// because one may choose; of two joined by AND the stricter counts. Anything
// that does not read as an expression is Unknown.
func Judge(expression string) Kind {
	e := strings.ToLower(strings.TrimSpace(expression))
	if known, ok := aliases[e]; ok {
		e = known
	}
	p := &parser{words: strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(e))}
	if len(p.words) == 0 || len(p.words) > 200 {
		return Unknown
	}
	kind, ok := p.either(0)
	if !ok || p.next < len(p.words) {
		return Unknown
	}
	return kind
}

type parser struct {
	words []string
	next  int
}

func (p *parser) take(word string) bool {
	if p.next < len(p.words) && p.words[p.next] == word {
		p.next++
		return true
	}
	return false
}

func (p *parser) either(depth int) (Kind, bool) {
	kind, ok := p.both(depth)
	for ok && p.take("or") {
		var other Kind
		other, ok = p.both(depth)
		kind = min(kind, other)
	}
	return kind, ok
}

func (p *parser) both(depth int) (Kind, bool) {
	kind, ok := p.one(depth)
	for ok && p.take("and") {
		var other Kind
		other, ok = p.one(depth)
		kind = max(kind, other)
	}
	return kind, ok
}

func (p *parser) one(depth int) (Kind, bool) {
	if p.next == len(p.words) || depth > 20 {
		return Unknown, false
	}
	if p.take("(") {
		kind, ok := p.either(depth + 1)
		return kind, ok && p.take(")")
	}
	id := p.words[p.next]
	p.next++
	kind := ofID(id)
	if p.take("with") {
		if p.next == len(p.words) {
			return Unknown, false
		}
		if p.next++; kind == Copyleft && strings.Contains(p.words[p.next-1], "classpath") {
			kind = Free // the exception lifts the sharing terms for what only links to it
		}
	}
	return kind, true
}

func ofID(id string) Kind {
	if free[id] || free[strings.TrimSuffix(id, "+")] {
		return Free
	}
	for _, strong := range []string{"gpl", "agpl", "sspl", "osl-", "eupl", "cc-by-sa", "rpl-", "qpl"} {
		if strings.HasPrefix(id, strong) {
			return Copyleft
		}
	}
	return Unknown
}
