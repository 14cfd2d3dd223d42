package verify

import (
	"strings"
	"unicode/utf8"
)

// scanner reads canonical JSON from left to right. After a fault it stays bad.
type scanner struct {
	s   string
	pos int
	bad bool
}

// lit consumes an exact text.
func (p *scanner) lit(text string) {
	if !p.has(text) {
		p.bad = true
	}
}

// has consumes an exact text if it is next.
func (p *scanner) has(text string) bool {
	if p.bad || !strings.HasPrefix(p.s[p.pos:], text) {
		return false
	}
	p.pos += len(text)
	return true
}

// str consumes one JSON string in its only canonical spelling and returns its
// value.
func (p *scanner) str() string {
	p.lit(`"`)
	if p.bad {
		return ""
	}
	start, escaped, ascii := p.pos, false, true
	for i := start; i < len(p.s); i++ {
		switch c := p.s[i]; {
		case c == '"':
			p.pos = i + 1
			return p.value(p.s[start:i], escaped, ascii)
		case c == '\\':
			escaped = true
			n := escapeLen(p.s[i:])
			if n == 0 {
				p.bad = true
				return ""
			}
			i += n - 1
		case c < 0x20:
			p.bad = true
			return ""
		case c >= 0x80:
			ascii = false
		}
	}
	p.bad = true
	return ""
}

func (p *scanner) value(raw string, escaped, ascii bool) string {
	if !ascii && !utf8.ValidString(raw) {
		p.bad = true
		return ""
	}
	if !escaped {
		return raw
	}
	return unescape(raw)
}

// shortEscapes pairs the letters of short escapes with what they stand for.
const shortEscapes = "\"\"\\\\b\bt\tn\nf\fr\r"

// escapeLen returns the length of the canonical escape at the start of s, 0 if
// it is not canonical. Canonical are the short ones, and \u00XX with small
// letters for the other control characters.
func escapeLen(s string) int {
	if len(s) < 2 {
		return 0
	}
	for i := 0; i < len(shortEscapes); i += 2 {
		if s[1] == shortEscapes[i] {
			return 2
		}
	}
	if len(s) < 6 || s[1:4] != "u00" || s[4] != '0' && s[4] != '1' {
		return 0
	}
	c, ok := unhex(s[5])
	if !ok {
		return 0
	}
	if s[4] == '0' && strings.IndexByte("\b\t\n\f\r", c) >= 0 {
		return 0 // these have short escapes
	}
	return 6
}

// hexValues maps each byte to one more than its value as a small hexadecimal
// digit; 0 means that it is none.
const hexValues = "" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
	"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
	"\x00\x0b\x0c\x0d\x0e\x0f\x10"

func unhex(c byte) (byte, bool) {
	if int(c) >= len(hexValues) || hexValues[c] == 0 {
		return 0, false
	}
	return hexValues[c] - 1, true
}

// unescape resolves escapes that escapeLen has accepted.
func unescape(raw string) string {
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			b.WriteByte(raw[i])
			continue
		}
		if raw[i+1] == 'u' {
			high, _ := unhex(raw[i+4])
			low, _ := unhex(raw[i+5])
			b.WriteByte(high<<4 | low)
			i += 5
			continue
		}
		for k := 0; k < len(shortEscapes); k += 2 {
			if shortEscapes[k] == raw[i+1] {
				b.WriteByte(shortEscapes[k+1])
			}
		}
		i++
	}
	return b.String()
}

// num consumes a decimal number without sign or leading zeroes, below 2^53.
func (p *scanner) num() int64 {
	start := p.pos
	var n int64
	for p.pos < len(p.s) && p.s[p.pos] >= '0' && p.s[p.pos] <= '9' && p.pos-start < 17 {
		n = n*10 + int64(p.s[p.pos]-'0')
		p.pos++
	}
	digits := p.pos - start
	if digits == 0 || digits > 1 && p.s[start] == '0' || n >= 1<<53 {
		p.bad = true
	}
	return n
}
