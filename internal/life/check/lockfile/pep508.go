package lockfile

import "strings"

// requirement is one line of PEP 508: name[extra]==1.0; marker, or name @ url.
type requirement struct {
	name   string // normalised
	spec   string // ==1.0, >=1,<2; empty if it says nothing
	url    string
	at     int // offset of spec in the text
	marker string
}

// parseRequirement reads a requirement; it reports false for what is not one.
func parseRequirement(s string) (requirement, bool) {
	i := 0
	for i < len(s) && nameByte(s[i]) {
		i++
	}
	if i == 0 {
		return requirement{}, false
	}
	r := requirement{name: PythonName(s[:i])}
	rest := s[i:]
	if t := strings.TrimLeft(rest, " "); strings.HasPrefix(t, "[") {
		_, after, ok := strings.Cut(t, "]")
		if !ok {
			return r, false
		}
		rest = after
	}
	if t := strings.TrimSpace(rest); strings.HasPrefix(t, "@") {
		r.url, r.marker, _ = strings.Cut(strings.TrimSpace(t[1:]), " ;")
		return r, r.url != ""
	}
	rest, r.marker, _ = strings.Cut(rest, ";")
	spec := strings.TrimSpace(rest)
	spec = strings.TrimSuffix(strings.TrimPrefix(spec, "("), ")")
	if spec != "" && !strings.ContainsAny(spec[:1], "=<>!~") {
		return r, false
	}
	r.spec = spec
	if spec != "" {
		r.at = strings.Index(s, spec)
	}
	return r, true
}

// pinned returns the one version a specification allows.
func pinned(spec string) (string, bool) {
	for part := range strings.SplitSeq(spec, ",") {
		part = strings.TrimSpace(part)
		v, ok := strings.CutPrefix(part, "===")
		if !ok {
			v, ok = strings.CutPrefix(part, "==")
		}
		if v = strings.TrimSpace(v); ok && v != "" && !strings.Contains(v, "*") {
			return v, true
		}
	}
	return "", false
}

func nameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.'
}

// PythonName normalises a name as PEP 503 does.
func PythonName(s string) string {
	var b strings.Builder
	dash := false
	for i := range len(s) {
		switch c := s[i]; {
		case c == '-' || c == '_' || c == '.':
			dash = b.Len() > 0
		default:
			if dash {
				b.WriteByte('-')
				dash = false
			}
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			b.WriteByte(c)
		}
	}
	return b.String()
}
