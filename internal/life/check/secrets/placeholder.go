package secrets

import (
	"strings"
)

var placeholderWords = []string{"example", "changeme", "change-me", "change_me", "changeit", "placeholder", "your-", "your_", "yourpass", "yourtoken",
	"yourkey", "dummy", "sample", "redacted", "replace", "insert", "todo", "xxxx", "****", "....", "not-set", "notset", "undefined", "null", "secretref"}

var wholePlaceholders = []string{"password", "passwd", "secret", "token", "test", "testing", "none", "true", "false", "required", "optional", "string", "hidden", "enabled", "disabled"}

// placeholder reports whether a value stands for a secret without being one:
// EXAMPLE, changeme, ${VAR}, {{ name }}, process.env.NAME, <your key> ...
func placeholder(s string) bool {
	low := strings.ToLower(strings.Trim(s, `"'`))
	for _, w := range placeholderWords {
		if strings.Contains(low, w) {
			return true
		}
	}
	for _, w := range wholePlaceholders {
		if low == w {
			return true
		}
	}
	return reference(low) || oneCharacter(low)
}

// reference reports whether a value points to where the secret is kept.
func reference(s string) bool {
	for _, start := range []string{"${", "$(", "{{", "<", "%(", "process.env", "import.meta", "env.", "os.environ", "os.getenv", "secrets.", "vault:", "op://", "ref:", "arn:", "file:", "/run/secrets"} {
		if strings.HasPrefix(s, start) {
			return true
		}
	}
	if name, ok := strings.CutPrefix(s, "$"); ok && isName(name) {
		return true
	}
	return len(s) > 2 && s[0] == '%' && s[len(s)-1] == '%'
}

func isName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_')
	})
}

func oneCharacter(s string) bool { return s == "" || strings.Count(s, s[:1]) == len(s) }
