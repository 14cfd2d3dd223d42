package lex

import (
	"path"
	"slices"
	"strings"
)

// Role is what a file is for.
type Role int

// The roles.
const (
	App      Role = iota // part of what runs, or settings of it
	Test                 // tests, examples and what they need
	Docs                 // for people
	Borrowed             // code of others, lists of packages, what a tool has made
)

// RoleOf tells the role of a file from its path.
func RoleOf(name string) Role {
	low := strings.ToLower(name)
	dirs := strings.Split(low, "/")
	base := dirs[len(dirs)-1]
	dirs = dirs[:len(dirs)-1]
	has := func(names ...string) bool {
		return slices.ContainsFunc(dirs, func(d string) bool { return slices.Contains(names, d) })
	}
	switch {
	case borrowed(base) || has("node_modules", "vendor", "third_party", "vendored", "bower_components", ".yarn"):
		return Borrowed
	case has("test", "tests", "__tests__", "__mocks__", "spec", "specs", "testdata", "fixtures", "__fixtures__", "mocks", "mock", "mirage", ".storybook", "test-fixtures", "testutil", "testhelpers", "testkit", "cypress", "e2e", "stories", "examples", "example", "samples", "sample-data", "benchmarks") || test(base):
		return Test
	case has("docs", "doc", "website", "issue_template", "changelog", "changelogs", "man") || readable(base):
		return Docs
	}
	return App
}

func borrowed(base string) bool {
	for _, end := range []string{".lock", ".sum", ".min.js", ".min.css", ".map", "-lock.json", "-lock.yaml", ".snap", ".svg", ".pb.go", "_pb2.py", ".pem", ".lockb"} {
		if strings.HasSuffix(base, end) {
			return true
		}
	}
	return base == "npm-shrinkwrap.json" || base == "gradle.lockfile"
}

func test(base string) bool {
	stem := strings.TrimSuffix(base, path.Ext(base))
	for _, end := range []string{"_test", ".test", ".spec", "_spec", "-test", ".stories", ".cy", ".e2e"} {
		if strings.HasSuffix(stem, end) {
			return true
		}
	}
	return strings.HasPrefix(base, "test_") || strings.HasPrefix(stem, "mock_") || base == "conftest.py" || base == "testing.go" || strings.Contains(stem, "_test_") || strings.Contains(stem, "testhelper")
}

func readable(base string) bool {
	switch path.Ext(base) {
	case ".md", ".mdx", ".rst", ".adoc", ".txt", ".po", ".tex":
		return base != "requirements.txt" && base != "cmakelists.txt"
	}
	switch base {
	case "publiccode.yml", "citation.cff", "security-insights.yml", "security-insights.yaml", "codemeta.json", "funding.yml":
		return true
	}
	stem, _, _ := strings.Cut(base, ".")
	return stem == "license" || stem == "licence" || stem == "changelog" || stem == "notice" || stem == "codeowners" || stem == "authors"
}
