package judge

import (
	"slices"
	"strings"
)

// Kind is what a name promises of its value.
type Kind int

// The kinds of names.
const (
	NoSecret Kind = iota
	Password
	Key  // a key, token or secret, made by a machine
	Auth // user and password in base64, as in docker's config.json
	Hash // of a password
	Salt // of an application's keys
)

// Name reads the name of a setting, variable, column or attribute.
func Name(name string) Kind {
	var buf [16]string
	w := split(name, buf[:0])
	if len(w) > 12 {
		return NoSecret
	}
	for len(w) > 1 && (trailing(w[len(w)-1])) {
		w = w[:len(w)-1]
	}
	if len(w) == 0 {
		return NoSecret
	}
	for _, s := range w {
		if slices.Contains(harmless, s) {
			return NoSecret
		}
	}
	return noun(w)
}

// harmless words take the secret out of a name: a public key, a page token.
var harmless = []string{"public", "publishable", "next", "page", "continuation", "csrf", "xsrf", "cancel", "cancellation", "primary", "foreign", "sort", "partition", "cache",
	"min", "max", "reset", "forgot", "forget", "invalid", "wrong", "missing", "show", "hide", "no", "has", "is", "reference", "idempotency", "translation", "i18n", "locale", "registry", "object"}

func trailing(s string) bool {
	return strings.Trim(s, "0123456789") == "" || slices.Contains([]string{"prod", "production", "dev", "development", "stage", "staging", "test", "value", "literal", "default", "plain", "plaintext", "base", "str"}, s)
}

func noun(w []string) Kind {
	last, before := w[len(w)-1], ""
	if len(w) > 1 {
		before = w[len(w)-2]
	}
	joined := before + last
	switch {
	case last == "pass" || last == "pw" || last == "psw" || last == "passphrase" || last == "passcode" || endsIn(last, "password", "passwd", "passwort", "passphrase", "pwd") || strings.HasSuffix(last, "pass") && slices.Contains(passPrefix, strings.TrimSuffix(last, "pass")):
		return Password
	case last == "word" && before == "pass", last == "wd" && before == "passw":
		return Password
	case last == "hash" && endsIn(before, "password", "passwd", "pass", "pwd"), last == "digest" && endsIn(before, "password", "pass"), last == "passhash", last == "passwordhash":
		return Hash
	case last == "auth" && len(w) == 1:
		return Auth
	case last == "salt" && len(w) > 1:
		return Salt
	case endsIn(last, "secret", "apikey", "secretkey", "accesskey", "privatekey", "authkey", "masterkey", "authtoken", "accesstoken", "apitoken", "credential", "credentials"):
		return Key
	case last == "token":
		return Key
	case last == "key" && slices.Contains(keyPrefix, before), joined == "secretkey":
		return Key
	}
	return NoSecret
}

var passPrefix = []string{"db", "my", "user", "root", "admin", "smtp", "mail", "email", "ftp", "ssh", "sql", "mysql", "pg", "redis", "mongo", "proxy", "http", "vnc", "rdp", "ldap", "imap", "pop", "irc", "ora", "jdbc", "service", "bind", "sudo", "key", "cert", "store", "keystore", "truststore"}

var keyPrefix = []string{"api", "secret", "access", "private", "auth", "encryption", "encrypt", "crypt", "crypto", "signing", "sign", "signature", "master", "app", "application", "account", "storage", "shared",
	"session", "cookie", "jwt", "hmac", "aes", "license", "licence", "subscription", "consumer", "client", "nonce", "in", "admin", "deploy", "webhook", "stripe", "sendgrid", "mailgun", "maps", "server", "rest", "write", "integration", "host", "function", "security"}

func endsIn(s string, tails ...string) bool {
	for _, t := range tails {
		if strings.HasSuffix(s, t) {
			return true
		}
	}
	return false
}

// split cuts a name into its words, in lower case: dbPassword, DB_PASSWORD and
// db-password are the same.
func split(name string, out []string) []string {
	start := 0
	flush := func(end int) {
		if end > start && len(out) < 16 {
			out = append(out, strings.ToLower(name[start:end]))
		}
	}
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case !letter(c) && !digit(c):
			flush(i)
			start = i + 1
		case i > start && upper(c) && (!upper(name[i-1]) || i+1 < len(name) && lower(name[i+1])):
			flush(i)
			start = i
		case i > start && digit(c) != digit(name[i-1]) && digit(c) && i+1 == len(name):
			flush(i)
			start = i
		}
	}
	flush(len(name))
	return out
}

func lower(c byte) bool  { return c >= 'a' && c <= 'z' }
func upper(c byte) bool  { return c >= 'A' && c <= 'Z' }
func letter(c byte) bool { return lower(c) || upper(c) }
func digit(c byte) bool  { return c >= '0' && c <= '9' }

// Names reports whether the text before a value names a secret, and not a hash,
// a version or a public thing.
func Names(before, value string) bool {
	to := len(before)
	for to > 0 && !(letter(before[to-1]) || digit(before[to-1]) || before[to-1] == '_') {
		to--
	}
	from := to
	for from > 0 && (letter(before[from-1]) || digit(before[from-1]) || before[from-1] == '_' || before[from-1] == '-' || before[from-1] == '.') {
		from--
	}
	var buf [16]string
	w := split(before[from:to], buf[:0])
	for _, s := range w {
		if slices.Contains(notSecret, s) || slices.Contains(harmless, s) {
			return false
		}
	}
	return !readsAsCode(value, Place{Quoted: true}) && !saysName(value) && !wordy(value) && !date(value)
}

var notSecret = []string{"sha", "sha1", "sha256", "hash", "digest", "checksum", "commit", "rev", "revision", "version", "fingerprint", "thumbprint", "id", "ids", "uuid", "guid", "integrity", "signature", "path", "file", "url", "uri", "name", "author", "keyword", "keywords", "algorithm", "type"}
