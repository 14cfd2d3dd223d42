package secrets

import "strings"

// ownRules are the passwords that makers leave behind and that rules for
// providers do not know: settings, connection strings, addresses.
func ownRules() []*rule {
	const words = `passw(?:or)?d|passwd|pwd|passphrase`
	return []*rule{
		{
			id: "url-password", kind: "an address", password: true, before: 32, after: 320, group: 1, keywords: []string{"://"},
			pattern: lazily(`\b[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s:/@'"` + "`" + `<>]{0,80}:([^\s@/'"` + "`" + `<>]{4,100})@[^\s'"` + "`" + `<>]`),
		},
		{
			id: "connection-string", kind: "a connection string", password: true, group: 1, keywords: []string{"password", "pwd"},
			pattern: lazily(`(?i)(?:server|host|data source|user id|uid|database)\s*=[^\n]{0,200}?;\s*(?:password|pwd)\s*=\s*([^;'"\s]{4,100})`),
		},
		{
			id: "env-file", kind: "a settings file", password: true, group: 1, keywords: []string{"pass", "pwd", "secret", "token", "key", "credential"},
			path:    lazily(`(?i)(?:^|/)[^/]*\.env(?:\.[^/]*)?$`),
			pattern: lazily(`(?im)^[ \t]*(?:export[ \t]+)?[A-Z0-9_.-]*(?:PASS|PASSWORD|PASSWD|PASSPHRASE|PWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIALS?)(?:_[A-Z0-9]+)?[ \t]*=[ \t]*["']?([^\s"'#]{6,200})`),
		},
		{
			id: "config-password", kind: "a setting", password: true, group: 1, keywords: []string{"passw", "pwd", "passphrase"},
			path:    lazily(`(?i)\.(?:ya?ml|json|toml|ini|cfg|conf|properties|xml)$`),
			pattern: lazily(`(?im)(?:^|[\s"'{,<._-])(?:` + words + `)["']?[ \t]*[:=>][ \t]*["']?([^\s"',<>{}()]{6,100})`),
		},
		{
			id: "code-password", kind: "the code", password: true, before: 16, after: 200, group: 1, keywords: []string{"passw", "pwd", "passphrase"},
			path:    lazily(`(?i)\.(?:[cm]?[jt]sx?|html?|py|go|sql|sh)$`),
			pattern: lazily(`(?i)(?:` + words + `)["']?\s{0,3}[:=]{1,3}\s{0,3}["'` + "`" + `]([^\s"'` + "`" + `]{8,100})["'` + "`" + `]`),
		},
	}
}

// likely judges what one of our own rules matched: placeholders, references
// and names are not passwords.
func likely(r *rule, secret, match string) bool {
	if !r.password {
		return true
	}
	if placeholder(secret) {
		return false
	}
	switch r.id {
	case "url-password":
		return !localDefault(secret, match)
	case "code-password", "config-password":
		return looksChosen(secret)
	}
	return true
}

// localDefault knows the well-known pair of a database on one's own machine,
// like postgres:postgres@localhost.
func localDefault(secret, match string) bool {
	_, rest, _ := strings.Cut(match, "://")
	user, _, _ := strings.Cut(rest, ":")
	return user == secret && len(secret) <= 10
}

// looksChosen tells a password from a label, a path or a selector: it has
// letters together with digits or signs, and does not read as code.
func looksChosen(s string) bool {
	if strings.ContainsAny(s[:1], "#./[$%<&*") || strings.Contains(s, "://") || strings.Contains(s, "()") {
		return false
	}
	letters := strings.ContainsFunc(s, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' })
	others := strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_' || r == '.' || r == '/' || r == ':' || r == '?')
	})
	return letters && others
}
