package web_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestTemplatesHoldNoInlineScriptOrStyle reads the templates themselves, so
// that a branch no fixture reaches is held to the rule as well.
func TestTemplatesHoldNoInlineScriptOrStyle(t *testing.T) {
	forbidden := map[string]*regexp.Regexp{
		"hx-on":             regexp.MustCompile(`hx-on`),
		"js: values":        regexp.MustCompile(`["'{]js:`),
		"style attributes":  regexp.MustCompile(`\sstyle=`),
		"script bodies":     regexp.MustCompile(`<script[^>]*>[^<]`),
		"style elements":    regexp.MustCompile(`<style`),
		"event attributes":  regexp.MustCompile(`\son[a-z]+=`),
		"templ scripts":     regexp.MustCompile(`(?m)^script |JSFuncCall|JSUnsafe|templ\.Raw`),
		"trigger filters":   regexp.MustCompile(`hx-trigger="[^"]*\[`),
		"unguarded address": regexp.MustCompile(`templ\.SafeURL|href=\{ [a-z]+\.(Link|Docs|Address)`),
	}
	files, err := filepath.Glob("*.templ")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d templates found: %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for what, re := range forbidden {
			if at := re.Find(text); at != nil {
				t.Errorf("%s holds %s: %q", file, what, at)
			}
		}
	}
}
