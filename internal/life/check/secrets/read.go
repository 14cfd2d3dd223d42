package secrets

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/secrets/format"
	"github.com/paddock-dev/paddock/internal/life/check/secrets/judge"
)

// anchor says which reader starts at a word.
type anchor int

const (
	noAnchor   anchor = iota
	nameWord          // part of a name
	urlWord           // ://
	basicWord         // basic
	jwkWord           // "kty"
	puttyWord         // private-lines:
	cryptWord         // the beginning of a hash
	userWord          // identified by
	rowsWord          // insert into, copy
	callWord          // login(
	secretWord        // kind: secret
	stringWord        // ;password=
)

func anchors() map[string]anchor {
	a := map[string]anchor{"://": urlWord, "basic ": basicWord, "kty\"": jwkWord, "kty'": jwkWord, "kty\\\"": jwkWord, "private-lines:": puttyWord, "identified by": userWord, "insert into": rowsWord, "\ncopy ": rowsWord,
		"login(": callWord, "connect(": callWord, "authenticate(": callWord, "signin(": callWord, "basicauth(": callWord, "kind: secret": secretWord}
	for _, w := range []string{"pass", "pwd", "psw", "secret", "token", "key", "cred", "auth", "salt", "_pw", "hash", "digest"} {
		a[w] = nameWord
	}
	for _, w := range []string{"$1$", "$5$", "$6$", "$y$", "$2a$", "$2b$", "$2y$", "$apr1$", "$argon2", "{ssha", "pbkdf2_sha"} {
		a[w] = cryptWord
	}
	return a
}

// ownKinds says what our own readers find, for people.
func ownKinds() map[string]string {
	return map[string]string{
		"env": "a settings file", "setting": "a setting", "code": "the code", "shell": "a script", "dump": "a database dump", "store": "a file of saved sign-ins", "url": "an address",
		"connection": "a connection string", "basic": "a sign-in header", "jwk": "a private key", "putty": "a private key", "hash": "a stored hash", "user": "a database command", "call": "a sign-in call", "kubernetes": "a cluster secret", "text": "a text",
	}
}

// read runs our own readers from the places of their words.
func (l *look) read(places []place) {
	for _, v := range l.store.Lines(l.text) {
		l.line(v)
	}
	next, rows := 0, false
	first := slices.IndexFunc(places, func(p place) bool { return l.s.anchor[p.word] != noAnchor })
	if first < 0 || l.quiet() {
		return
	}
	for _, p := range places {
		a, at := l.s.anchor[p.word], int(p.at)
		if a == noAnchor || at < next && a == nameWord {
			continue
		}
		switch a {
		case nameWord:
			next = max(next, l.name(at))
		case urlWord:
			l.url(at)
		case basicWord:
			if v, password, ok := format.Basic(l.text, at); ok && !judge.Filler(password) && !judge.Reference(password) && !judge.Default(password) {
				l.add("basic", "password_found", v)
			}
		case jwkWord:
			if v, ok := format.JWK(l.text, at); ok {
				l.add("jwk", "secret_found", v)
			}
		case puttyWord:
			if v, ok := format.PuTTY(l.text, at); ok {
				l.add("putty", "secret_found", v)
			}
		case cryptWord:
			l.crypt(at)
		case userWord:
			if v, ok := format.IdentifiedBy(l.text, at); ok {
				l.judged("user", v, judge.Place{Name: v.Name, Kind: judge.Password, Quoted: true, Near: true})
			}
		case rowsWord:
			if !rows && (l.class == format.SQL || l.class == format.Other) {
				rows = true
				l.rows()
			}
		case callWord:
			l.call(at + len(l.s.list[p.word]) - 1)
		case secretWord:
			l.kubernetes(at)
		}
	}
}

// name reads the value of the name that a word belongs to, and returns where
// that name ends.
func (l *look) name(at int) int {
	v, next, ok := format.Connection(l.text, at)
	if ok {
		if kind := judge.Name(v.Name); kind == judge.Password || kind == judge.Key {
			l.judged("connection", v, judge.Place{Name: v.Name, Kind: kind, Near: true})
		}
		return next
	}
	if v, next, ok = format.Named(l.class, l.text, at); !ok {
		if v, ok = format.Pair(l.class, l.text, at); !ok {
			return next
		}
	}
	kind := judge.Name(v.Name)
	if kind == judge.NoSecret || kind != judge.Key && l.labels() || l.store == format.Firefox || l.store == format.PGPass || l.store == format.Passwd || l.store == format.Netrc {
		return next
	}
	if kind == judge.Auth {
		l.pack(v)
		return next
	}
	code := l.class == format.Code || l.class == format.PHP && l.store != format.WordPress || l.class == format.Prose || l.class == format.Other
	if kind == judge.Password && (l.prose() || l.class == format.Other) || code && l.long(v.From) {
		return next
	}
	if kind == judge.Salt && !l.store.Counts() {
		return next
	}
	p := judge.Place{Name: v.Name, Kind: kind, Code: code, Quoted: v.Quoted, Store: l.store.Counts() && !l.test()}
	if kind == judge.Password {
		p.Near = format.Near(l.text, v.At)
		if l.class == format.PHP {
			p.Code = !p.Near
		}
	}
	if l.class == format.Shell {
		p.Quoted = true
	}
	l.judged(l.reader(), v, p)
	return next
}

// reader names our readers for people, by class.
func (l *look) reader() string {
	switch {
	case l.store == format.Settings && l.class == format.Env || l.class == format.Env:
		return "env"
	case l.store != format.NoStore && l.store != format.WordPress && l.store != format.Settings:
		return "store"
	case l.class == format.Code:
		return "code"
	case l.class == format.Shell || l.class == format.Docker:
		return "shell"
	case l.class == format.SQL:
		return "dump"
	case l.prose() || l.class == format.Other:
		return "text"
	}
	return "setting"
}

// long reports whether a line is so long that a machine wrote it.
func (l *look) long(at int) bool {
	return strings.IndexByte(l.text[max(0, at-1000):at], '\n') < 0 && at > 1000
}

// judged adds a value if it is a secret.
func (l *look) judged(reader string, v format.Value, p judge.Place) {
	value := l.text[v.From:v.To]
	switch judge.Value(value, p) {
	case judge.IsPassword:
		l.add(reader, "password_found", v)
	case judge.IsKey:
		l.add(reader, "secret_found", v)
	case judge.IsHash:
		l.add("hash", "password_hash_found", v)
	case judge.IsDefault:
		if !l.test() {
			l.add(reader, "password_default", v)
		}
	}
}

func (l *look) add(reader, code string, v format.Value) {
	l.hits = append(l.hits, hit{rule: reader, kind: ownKinds()[reader], code: l.code(code, true), rank: 1, from: v.From, to: v.To, value: l.text[v.From:v.To], source: &v, class: l.class})
}

// line takes a value of a file of saved sign-ins.
func (l *look) line(v format.Value) {
	value := l.text[v.From:v.To]
	if len(value) < 3 || judge.Reference(value) || l.test() && judge.Filler(value) {
		return
	}
	switch l.store {
	case format.Passwd:
		if judge.IsCrypt(value) {
			l.add("hash", "password_hash_found", v)
		} else if strings.ToLower(l.path) != "etc/passwd" && len(value) == 13 && strings.Trim(value, "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == "" {
			l.add("hash", "password_hash_found", v)
		}
	case format.WholeKey:
		if judge.Entropy(value) > 2.5 {
			l.add("store", "secret_found", v)
		}
	default:
		if judge.Default(value) {
			l.add("store", "password_default", v)
		} else {
			l.add("store", "password_found", v)
		}
	}
}

// pack takes user and password in base64, as docker and npm keep them.
func (l *look) pack(v format.Value) {
	value := l.text[v.From:v.To]
	if _, password, ok := format.Pack(value); ok && !judge.Filler(password) {
		l.add(l.reader(), "password_found", v)
	}
}

func (l *look) crypt(at int) {
	from, to := at, at
	for to < len(l.text) && to-at < 300 && (isWord(l.text[to]) || strings.IndexByte("$./=,+-{}", l.text[to]) >= 0) {
		to++
	}
	if value := l.text[from:to]; judge.IsCrypt(value) && !judge.Filler(value) {
		code := "password_hash_found"
		if l.class == format.Code && judge.Pretended(lines(l.text[:from], 4)) {
			code = "secret_in_test"
		}
		l.add("hash", code, format.Value{From: from, To: to, At: from, Form: "crypt"})
	}
}

// lines returns the last n lines of a text, 4,000 bytes of them at most.
func lines(text string, n int) string {
	text = text[max(0, len(text)-4000):]
	at := len(text)
	for range n {
		if at = strings.LastIndexByte(text[:at], '\n'); at < 0 {
			return text
		}
	}
	return text[at:]
}

func (l *look) rows() {
	kinds := map[string]judge.Kind{}
	values := format.SQLRows(l.text, func(column string) bool {
		kinds[column] = judge.Name(column)
		return kinds[column] != judge.NoSecret && kinds[column] != judge.Salt
	})
	for _, v := range values {
		l.judged("dump", v, judge.Place{Name: v.Name, Kind: kinds[v.Name], Quoted: true, Near: true})
	}
}

// call takes the second argument of login('user@example.com', 'password').
func (l *look) call(at int) {
	if l.class != format.Code && l.class != format.PHP || l.long(at) {
		return
	}
	user, v, ok := format.SignIn(l.text, at)
	if !ok {
		return
	}
	value := l.text[v.From:v.To]
	if strings.Contains(user, "@") && len(value) >= 6 && !judge.Filler(value) && !judge.Reference(value) && !strings.ContainsAny(value, " /") && !judge.Default(value) {
		l.add("call", "password_found", v)
		return
	}
	l.judged("call", v, judge.Place{Name: "password", Kind: judge.Password, Code: true, Quoted: true})
}

func (l *look) kubernetes(at int) {
	if l.class != format.YAML || at < l.done {
		return
	}
	values, plain, end := format.KubernetesSecret(l.text, at)
	l.done = end
	for i, v := range values {
		value := l.text[v.From:v.To]
		if !plain[i] {
			b, err := base64.StdEncoding.DecodeString(value)
			if err != nil || len(b) < 4 {
				continue
			}
			value = string(b)
		}
		if len(value) >= 4 && !judge.Reference(value) && !judge.Filler(value) && !judge.Default(value) {
			l.add("kubernetes", "secret_found", v)
		}
	}
}
