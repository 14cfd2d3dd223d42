package judge

import (
	"slices"
	"strings"
)

var fillers = []string{"example", "placeholder", "your-", "your_", "your ", "yourpass", "yourtoken", "yourkey", "yoursecret", "my-secret", "mysecret", "my_secret", "dummy", "sample", "redacted", "replace", "insert", "todo", "fixme",
	"xxxx", "****", "....", "____", "----", "not-set", "notset", "not_set", "undefined", "unset", "secretref", "put your", "enter your", "some-", "some_", "fake", "lorem", "foobar", "foo_", "foo-", "bar_", "abcdef", "qwerty", "123456789", "0123456", "deadbeef", "cafebabe", "1234-5678", "000000", "aaaaaa", "111111", "generated", "masked", "hidden", "censored", "removed", "snip"}

var wholes = []string{"none", "null", "nil", "true", "false", "yes", "no", "on", "off", "required", "optional", "string", "str", "text", "varchar", "boolean", "bool", "int", "integer", "number", "object", "array", "any", "enabled", "disabled",
	"empty", "prompt", "ask", "value", "field", "input", "type", "key", "token", "user", "username", "name", "env", "file", "plain", "plaintext", "basic", "bearer", "digest", "hash", "bcrypt", "sha1", "sha256", "sha512", "md5", "crypt",
	"foo", "bar", "baz", "bla", "abc", "xyz", "auto", "default", "current", "new", "old", "invalid", "wrong", "bad", "correct", "valid", "missing", "n/a", "tbd"}

var defaults = []string{"password", "passwd", "passw0rd", "p@ssw0rd", "p@ssword", "pass", "pwd", "secret", "admin", "administrator", "root", "toor", "test", "testing", "guest", "welcome", "letmein", "changeme", "changeit", "change-me", "change_me", "change_it", "changethis", "change-this", "postgres",
	"mysql", "mariadb", "oracle", "redis", "mongo", "mongodb", "minio", "minioadmin", "rabbitmq", "elastic", "elasticsearch", "sa", "master", "demo", "user", "dev", "development", "local", "docker", "vagrant", "ubuntu", "pi", "raspberry", "hunter2", "secret123", "password1", "password123", "admin123", "test123", "pass123", "qwerty", "1234", "12345", "123456", "12345678", "123456789", "1234567890", "0000", "1111", "topsecret", "top-secret", "supersecret", "super-secret", "monkey", "dragon", "iloveyou", "abc123", "default"}

// Filler reports whether a value stands for a secret without being one:
// EXAMPLE, <your key>, xxxx, none, string ...
func Filler(v string) bool {
	low := strings.ToLower(v)
	if slices.Contains(wholes, low) || oneCharacter(low) {
		return true
	}
	for _, f := range fillers {
		if strings.Contains(low, f) {
			return true
		}
	}
	return false
}

// Default reports whether a value is a password that everybody knows:
// changeme, admin, password123 ...
func Default(v string) bool { return slices.Contains(defaults, strings.ToLower(v)) }

// Reference reports whether a value points to where the secret is kept: an
// environment variable, a template's field, a file, an entry of a vault.
func Reference(v string) bool {
	low := strings.ToLower(strings.TrimLeft(v, `"'`))
	for _, start := range references {
		if strings.HasPrefix(low, start) {
			return true
		}
	}
	if holds(v, "${", "}") || holds(v, "{{", "}}") || holds(v, "<%", "%>") || holds(v, "#{", "}") {
		return true
	}
	switch {
	case len(v) > 2 && v[0] == '%' && v[len(v)-1] == '%', len(v) > 4 && strings.HasPrefix(v, "__") && strings.HasSuffix(v, "__"), len(v) > 2 && v[0] == '@' && v[len(v)-1] == '@':
		return true
	case len(v) > 2 && (v[0] == '{' && v[len(v)-1] == '}' || v[0] == '[' && v[len(v)-1] == ']' || v[0] == '<' && v[len(v)-1] == '>' || v[0] == '(' && v[len(v)-1] == ')'):
		return true
	case len(v) > 1 && v[0] == '$' && identifier(v[1:]), len(v) > 1 && v[0] == '!' && letter(v[1]) && strings.Contains(v, " "):
		return true
	case v == "%s" || v == "%v" || v == "%q" || v == "?" || v == "*" || v == "~" || v == "|" || v == ">" || v == "|-" || v == ">-":
		return true
	}
	return false
}

// holds reports whether a value has a field between two marks.
func holds(v, open, end string) bool {
	i := strings.Index(v, open)
	return i >= 0 && strings.Contains(v[i+len(open):], end)
}

var references = []string{"${", "$(", "{{", "<%", "%(", "$env:", "$_env", "$_server", "process.env", "import.meta", "env.", "env(", "env:", "getenv", "os.environ", "os.getenv", "os.env", "environment.", "secrets.", "secret:", "vault:", "vault.", "op://", "ref:", "ref+", "arn:", "file:", "/run/secrets", "/var/run/",
	"!ref", "!sub", "!getatt", "!vault", "!secret", "!env", "enc[", "enc(", "@microsoft.keyvault", "projects/", "ssm:", "sops:", "keyring:", "config.", "settings.", "var.", "local.", "data.", "module.", "aws_", "random_", "sha512-", "sha256-", "sha384-", "sha1-", "sha256:", "http://", "https://", "$ansible_vault", "gandi_vault"}

func identifier(s string) bool {
	for i := 0; i < len(s); i++ {
		if !letter(s[i]) && !digit(s[i]) && s[i] != '_' {
			return false
		}
	}
	return s != "" && !digit(s[0])
}

func oneCharacter(s string) bool { return s == "" || strings.Count(s, s[:1]) == len(s) }
