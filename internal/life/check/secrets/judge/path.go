package judge

import (
	"path"
	"regexp"
	"strings"
	"sync"
)

var tests = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:^|[/!])(?:_*tests?_*|testing|specs?|fixtures?|testdata|test-data|mocks?|__mocks__|stubs?|examples?|samples?|demos?|e2e|cypress|playwright|stories|tutorials?|quickstarts?|[a-z0-9]+[-_.](?:tests?|examples?|samples?|fixtures?|e2e|demo))(?:/|$)|(?:^|[/!])(?:test_[^/]*|[^/]*[-_.](?:tests?|spec|mocks?|fixtures?|stories)\.[a-z0-9.]+|[^/]*[a-z](?:Tests?|Spec|IT|TestCase)\.[a-z]+|conftest\.py|[^/]*[-_.](?:examples?|samples?|template|tmpl|tpl|dist|default|defaults|stub)(?:\.[a-z0-9]+)?|(?:example|sample|dummy|mock|fake)[-_.][^/]*|[^/]*\.snap|(?:[^/]*\.)?localhost(?:[-+_.][^/]*)?\.(?:key|pem|crt|p12|pfx))$`)
})

// Test reports whether a path is that of test data or of an example. A key that is
// called localhost is for no other machine: nobody signs that name for others.
func Test(name string) bool { return tests().MatchString(name) }

var prose = []string{".md", ".mdx", ".markdown", ".rst", ".adoc", ".asciidoc", ".txt", ".org", ".tex", ".pod", ".ipynb", ".svg", ".man", ".1", ".5", ".8", ".po", ".pot", ".strings", ".arb", ".ftl", ".xlf", ".log", ".csv", ".tsv"}

// Prose reports whether a path is that of a text for people.
func Prose(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	for _, p := range prose {
		if ext == p {
			return true
		}
	}
	base := strings.ToUpper(path.Base(name))
	return strings.HasPrefix(base, "README") || strings.HasPrefix(base, "CHANGELOG") || strings.HasPrefix(base, "LICENSE") || strings.HasPrefix(base, "CHANGES")
}

var labels = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:^|/)(?:locales?|i18n|l10n|lang|langs|languages?|translations?|intl|messages|_locales)(?:/|$)|(?:^|[/_.-])(?:messages|labels|strings|translations?|locale)(?:[_.-][a-z_-]+)?\.(?:json|ya?ml|properties|php|js|ts|ini|xml|resx|toml)$|(?:^|/)(?:en|de|fr|es|it|pt|nl|ja|zh|ko|ru|pl|sv|da|fi|nb|no|tr|cs|uk|ar|he|hi|vi|th|id|hu|ro|el|bg|ca|sk|sl|fa)(?:[-_][a-zA-Z]{2,4})?\.(?:json|ya?ml|php|ts|js)$`)
})

// Labels reports whether a path is that of words shown to people, in one
// language or another.
func Labels(name string) bool { return labels().MatchString(name) }

var pretended = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(?:fake|dummy)_?(?:password_?)?hash|(?:fake|dummy) (?:password )?hash`)
})

// Pretended reports whether the lines that lead up to a password hash in a program
// say that it is nobody's: it is compared with when there is no such user, so that an
// answer takes as long. Somebody may say so of a real one, so it is told all the same.
func Pretended(before string) bool { return pretended().MatchString(before) }
