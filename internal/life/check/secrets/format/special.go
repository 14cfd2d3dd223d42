package format

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// Basic reads the user and password of an HTTP header, "Basic dXNlcjpwYXNz", of
// which the word Basic stands at an offset. It returns the encoded form's place
// and the password.
func Basic(text string, at int) (Value, string, bool) {
	from := skipBlanks(text, at+len("basic"))
	if from == at+len("basic") {
		return Value{}, "", false
	}
	to := from
	for to < len(text) && to-from < 500 && isBase64(text[to]) {
		to++
	}
	_, password, ok := Pack(text[from:to])
	return Value{Name: "Authorization", From: from, To: to, At: at, Form: "basic"}, password, ok
}

// Pack opens "user:password" in base64.
func Pack(s string) (user, password string, ok bool) {
	if len(s) < 8 {
		return "", "", false
	}
	plain, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
	if err != nil || !utf8.Valid(plain) {
		return "", "", false
	}
	for _, c := range plain {
		if c < 0x20 || c == 0x7f {
			return "", "", false
		}
	}
	user, password, ok = strings.Cut(string(plain), ":")
	return user, password, ok && len(password) > 2
}

func isBase64(c byte) bool {
	return isName(c) && c != '.' && c != '-' && c != '_' || c == '+' || c == '/' || c == '='
}

// JWK reads the private part of a JSON web key, of which "kty" stands at an
// offset.
func JWK(text string, at int) (Value, bool) {
	from := strings.LastIndexByte(text[max(0, at-6000):at], '{')
	if from < 0 {
		return Value{}, false
	}
	from += max(0, at-6000)
	end := strings.IndexByte(text[at:min(len(text), at+6000)], '}')
	if end < 0 {
		return Value{}, false
	}
	object := text[from : at+end]
	for _, name := range []string{`"d"`, `"k"`, `'d'`, `'k'`, `\"d\"`, `\"k\"`} {
		i := strings.Index(object, name)
		if i < 0 {
			continue
		}
		if (name == `"k"` || name == `'k'`) && !strings.Contains(object, "oct") {
			continue
		}
		j := from + i + len(name)
		for j < len(text) && strings.IndexByte(" \t\r\n:\\\"'", text[j]) >= 0 {
			j++
		}
		to := j
		for to < len(text) && (isName(text[to]) && text[to] != '.') {
			to++
		}
		if to-j >= 20 {
			return Value{Name: "d", From: j, To: to, At: from + i, Quoted: true, Form: "jwk"}, true
		}
	}
	return Value{}, false
}

// PuTTY reads the private part of a PuTTY key, of which "Private-Lines:" stands
// at an offset.
func PuTTY(text string, at int) (Value, bool) {
	from := lineEnd(text, at) + 1
	if from >= len(text) || !strings.HasPrefix(text, "PuTTY-User-Key-File") && !strings.Contains(text[max(0, at-4000):at], "PuTTY-User-Key-File") {
		return Value{}, false
	}
	to := from
	for to < len(text) && to-from < 20_000 {
		end := lineEnd(text, to)
		if strings.Contains(text[to:end], ":") || end == to {
			break
		}
		to = min(len(text), end+1)
	}
	for to > from && text[to-1] == '\n' {
		to--
	}
	return Value{Name: "private key", From: from, To: to, At: at, Form: "ppk"}, to-from > 40
}

// IdentifiedBy reads the password of CREATE USER ... IDENTIFIED BY '...', of
// which "identified by" stands at an offset.
func IdentifiedBy(text string, at int) (Value, bool) {
	i := skipBlanks(text, at+len("identified by"))
	if len(text) >= i+9 && strings.EqualFold(text[i:i+9], "password ") {
		i = skipBlanks(text, i+9)
	}
	if i >= len(text) || !isQuote(text[i]) {
		return Value{}, false
	}
	from, to, ok := quoted(text, i)
	return Value{Name: "password", From: from, To: to, At: at, Quoted: true, Form: "sql"}, ok && to > from
}

// SignIn reads the second argument of a call such as login('user', 'password'),
// of which the open parenthesis stands at an offset.
func SignIn(text string, at int) (user string, v Value, ok bool) {
	i := skipSpace(text, at+1)
	if i >= len(text) || !isQuote(text[i]) {
		return "", v, false
	}
	from, to, ok := quoted(text, i)
	if !ok {
		return "", v, false
	}
	user = text[from:to]
	if i = skipSpace(text, to+1); i >= len(text) || text[i] != ',' {
		return "", v, false
	}
	if i = skipSpace(text, i+1); i >= len(text) || !isQuote(text[i]) {
		return "", v, false
	}
	from, to, ok = quoted(text, i)
	return user, Value{Name: "password", From: from, To: to, At: at, Quoted: true, Form: "call"}, ok && to > from
}

// KubernetesSecret reads the entries of the data of a Secret, of which "kind:
// Secret" stands at an offset. Plain tells stringData, which is not encoded; to is
// where the document ends.
func KubernetesSecret(text string, at int) (out []Value, plain map[int]bool, to int) {
	from, to := 0, len(text)
	if i := strings.LastIndex(text[:at], "\n---"); i >= 0 {
		from = i + 1
	}
	if i := strings.Index(text[at:], "\n---"); i >= 0 {
		to = at + i
	}
	plain = map[int]bool{}
	inside, depth := "", -1
	for start := from; start < to && len(out) < maxPerFile; {
		end := min(lineEnd(text, start), to)
		line := text[start:end]
		word := strings.TrimSpace(line)
		indent := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case word == "data:" || word == "stringData:":
			inside, depth = word, indent
		case inside != "" && word != "" && indent <= depth:
			inside = ""
		case inside != "" && word != "" && word[0] != '#':
			if name, value, ok := strings.Cut(word, ":"); ok {
				if value = strings.Trim(value, " \"'\r"); value != "" {
					i := start + strings.LastIndex(line, value)
					plain[len(out)] = inside == "stringData:"
					out = append(out, Value{Name: strings.Trim(name, `"' `), From: i, To: i + len(value), At: start + indent, Form: "secret"})
				}
			}
		}
		start = end + 1
	}
	return out, plain, to
}

// Near reports whether a host, user or database is named near an offset, so
// that a value there belongs to a sign-in.
func Near(text string, at int) bool {
	low := lowerASCII(text[max(0, at-400):min(len(text), at+400)])
	for _, word := range []string{"host", "user", "login", "server", "database", "dbname", "uid", "email", "account", "jdbc:", "irc_nick"} {
		for i := 0; ; {
			j := strings.Index(low[i:], word)
			if j < 0 {
				break
			}
			i += j + len(word)
			k := i
			for k < len(low) && (isName(low[k]) || isQuote(low[k]) || low[k] == ']' || low[k] == ' ') && k-i < 16 {
				k++
			}
			if k < len(low) && (low[k] == '=' || low[k] == ':' || low[k] == ',' || low[k] == '>') {
				return true
			}
		}
	}
	return false
}
