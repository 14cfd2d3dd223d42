package judge

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Verdict is what a value is.
type Verdict int

// The verdicts.
const (
	Nothing    Verdict = iota
	IsPassword         // somebody chose it
	IsKey              // a machine made it
	IsDefault          // a password that everybody knows
	IsHash             // of a password
)

// Place is where a value stands.
type Place struct {
	Name   string // beside it
	Kind   Kind   // of the name
	Code   bool   // in a program, not in a settings file
	Store  bool   // in a file that is there to hold passwords: each value counts
	Quoted bool
	Near   bool // a host or a user stands near it
}

// Value judges a value.
func Value(v string, p Place) Verdict {
	if len(v) < 3 || len(v) > 2000 || Reference(v) {
		return Nothing
	}
	if IsCrypt(v) {
		return IsHash
	}
	switch p.Kind {
	case Password:
		return password(v, p)
	case Key, Salt:
		return key(v, p)
	case Hash:
		if len(v) >= 16 && !strings.ContainsAny(v, " \t") && Entropy(v) > 2.5 && !Filler(v) {
			return IsHash
		}
	}
	return Nothing
}

func password(v string, p Place) Verdict {
	switch {
	case Default(v):
		if p.Store || p.Near {
			return IsDefault
		}
		return Nothing
	case p.Store && slices.Contains(wholes, strings.ToLower(v)):
		return Nothing
	case p.Store:
		return IsPassword
	case saysName(v) && p.Near && !p.Code && p.Kind == Password && strings.EqualFold(v, p.Name):
		return IsDefault
	case len(v) < 4 || len(v) > 128 || Filler(v) || readsAsCode(v, p) || saysName(v):
		return Nothing
	}
	letters, digits, signs := mix(v)
	switch {
	case p.Code && (len(v) < 6 || !p.Quoted):
		return Nothing
	case letters > 0 && (digits > 0 || signs > 0):
		return IsPassword
	case !p.Code && p.Near && len(v) >= 4, letters >= 12 && mixedCase(v) && Entropy(v) > 3.3 && camels(v) > 3:
		return IsPassword
	}
	return Nothing
}

// readsAsCode tells labels, paths, selectors and expressions.
func readsAsCode(v string, p Place) bool {
	if strings.ContainsAny(v, " \t") {
		return true
	}
	if strings.ContainsAny(v[:1], "#./[<&(:") || strings.Contains(v, "://") || strings.Contains(v, "()") || strings.Contains(v, "=>") || strings.Contains(v, "::") {
		return true
	}
	if last := v[len(v)-1]; last == ':' || last == '(' || last == '{' || last == '[' || last == ',' || last == ';' && p.Code {
		return true
	}
	if !p.Quoted && strings.ContainsAny(v, "()[]{}") && letter(v[0]) {
		return true
	}
	return dotted(v) || location(v) || version(v)
}

// saysName reports whether a value is itself a name of a secret: new_password,
// PASSWORD_RESET, "Password*".
func saysName(v string) bool {
	var buf [16]string
	w := split(v, buf[:0])
	if Name(v) != NoSecret && plainWords(w) {
		return true
	}
	for _, s := range w {
		if endsIn(s, "password", "passwd", "passphrase") && plainWords(w) && len(w) > 1 {
			return true
		}
	}
	return false
}

func plainWords(w []string) bool {
	for _, s := range w {
		for i := range len(s) {
			if digit(s[i]) {
				return false
			}
		}
	}
	return true
}

func key(v string, p Place) Verdict {
	least := 10
	if p.Store {
		least = 6
	}
	if len(v) < least || strings.ContainsAny(v, "\n") {
		return Nothing
	}
	if p.Store {
		if Default(v) || Filler(v) && Entropy(v) < 3 {
			return IsDefault
		}
		return IsKey
	}
	if p.Code && !p.Quoted || Filler(v) || Default(v) || readsAsCode(v, p) || saysName(v) || date(v) {
		return Nothing
	}
	if p.Code && len(v) < 16 {
		return Nothing
	}
	letters, digits, signs := mix(v)
	if letters == 0 && signs == 0 && len(v) < 20 || digits == 0 && !(len(v) >= 20 && mixedCase(v) && Entropy(v) > 3.8) {
		return Nothing
	}
	need := 3.0
	if isHex(v) {
		need = 2.7
	} else if p.Code {
		need = 3.5
	} else if len(v) >= 20 {
		need = 3.3
	}
	if Entropy(v) < need || wordy(v) {
		return Nothing
	}
	return IsKey
}

// Entropy returns Shannon's entropy in bits a byte.
func Entropy(s string) float64 {
	var counts [256]int
	for i := range len(s) {
		counts[s[i]]++
	}
	e := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(s))
			e -= p * math.Log2(p)
		}
	}
	return e
}

func mix(v string) (letters, digits, signs int) {
	for i := range len(v) {
		switch c := v[i]; {
		case letter(c) || c >= 0x80:
			letters++
		case digit(c):
			digits++
		case c == '-' || c == '_' || c == '.' || c == '/' || c == ':' || c == '?':
		default:
			signs++
		}
	}
	return letters, digits, signs
}

func mixedCase(v string) bool { return strings.ToLower(v) != v && strings.ToUpper(v) != v }

// camels counts changes between small and capital letters.
func camels(v string) int {
	n := 0
	for i := 1; i < len(v); i++ {
		if upper(v[i]) != upper(v[i-1]) {
			n++
		}
	}
	return n
}

func isHex(v string) bool { return strings.Trim(strings.ToLower(v), "0123456789abcdef-") == "" }

// wordy reports whether most of a value is words set apart by signs, like
// urn-user-token-12 or aes256-cbc-hmac.
func wordy(v string) bool {
	parts := strings.FieldsFunc(v, func(r rune) bool { return r == '-' || r == '_' || r == '.' || r == '/' || r == ':' || r == '=' })
	if len(parts) < 3 {
		return false
	}
	words := 0
	for _, s := range parts {
		letters, digits, signs := mix(s)
		if digits == 0 && signs == 0 && letters > 1 && !(mixedCase(s[1:]) && len(s) > 2) || len(s) <= 2 {
			words++
		}
	}
	return 2*words > len(parts)
}

func dotted(v string) bool {
	parts := strings.Split(v, ".")
	if len(parts) < 2 {
		return false
	}
	for _, s := range parts {
		if !identifier(s) {
			return false
		}
		if _, digits, _ := mix(s); digits > 1 {
			return false
		}
	}
	return true
}

func location(v string) bool {
	if strings.Count(v, "/") < 2 && !strings.HasPrefix(v, "~/") && !strings.HasPrefix(v, "./") {
		return false
	}
	for s := range strings.SplitSeq(strings.Trim(v, "/"), "/") {
		if len(s) > 24 || strings.ContainsAny(s, "+=") {
			return false
		}
	}
	return true
}

func date(v string) bool {
	return strings.Trim(v, "0123456789-:.TZ+/ ") == "" && (strings.Contains(v, "-") || strings.Contains(v, ":") || strings.Contains(v, "."))
}

var crypt = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:\$(?:1|5|6|y|7|gy|2[abxy]|apr1|P|H|S|argon2(?:id|i|d)|pbkdf2[a-z0-9-]*|scrypt|bcrypt-sha256)\$[./A-Za-z0-9$=,+-]{20,}|\{(?:SSHA|SHA|SSHA256|SSHA512|CRYPT|SMD5|MD5)\}[A-Za-z0-9+/=$.]{20,}|pbkdf2_sha(?:1|256|512)\$\d+\$[^$\s]+\$[A-Za-z0-9+/=]{20,}|\*[0-9A-F]{40})$`)
})

// IsCrypt reports whether a value is a hash of a password in a form of its own:
// crypt's, LDAP's, Django's or MySQL's.
func IsCrypt(v string) bool {
	return len(v) > 20 && (v[0] == '$' || v[0] == '{' || v[0] == '*' || v[0] == 'p') && crypt().MatchString(v)
}

// version reports whether a value is a version or a range of them: ^1.2.0-rc1.
func version(v string) bool {
	v = strings.TrimLeft(v, "~^<>=v ")
	end := len(v) - len(strings.TrimLeft(v, "0123456789.*x"))
	return end > 0 && strings.Count(v[:end], ".") >= 1 && digit(v[0]) && (end == len(v) || v[end] == '-' || v[end] == '+') && len(v) < 30
}
