package archtest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	fence     = regexp.MustCompile("(?ms)^[ \t]*```.*?^[ \t]*```[ \t]*$")
	codeSpan  = regexp.MustCompile("`[^`\n]*`")
	inline    = regexp.MustCompile(`\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)`)
	reference = regexp.MustCompile(`(?m)^\s{0,3}\[[^\]]+\]:\s*<?(\S+?)>?\s*$`)
	source    = regexp.MustCompile(`\b(?:src|srcset|href)="([^"]+)"`)
	heading   = regexp.MustCompile(`(?m)^#{1,6}\s+(.+?)\s*#*\s*$`)
	notSlug   = regexp.MustCompile(`[^\p{L}\p{N}\s_-]`)
	scheme    = regexp.MustCompile(`^[a-z][a-z0-9+.-]*:`)
)

// links reports links in Markdown files below dir that lead to a file or a
// heading that is not there. Addresses elsewhere are not visited.
func links(dir string) ([]string, error) {
	var faults []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && path != dir && (name == "node_modules" || name == "vendor" || name == "testdata" || name[0] == '.') {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".md" {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, target := range targets(string(b)) {
			if why := broken(dir, path, target); why != "" {
				faults = append(faults, fmt.Sprintf("%s: the link to %s is broken: %s", path, target, why))
			}
		}
		return nil
	})
	return faults, err
}

// targets lists what a Markdown text links to.
func targets(text string) []string {
	text = codeSpan.ReplaceAllString(fence.ReplaceAllString(text, ""), "")
	var out []string
	for _, form := range []*regexp.Regexp{inline, reference, source} {
		for _, m := range form.FindAllStringSubmatch(text, -1) {
			out = append(out, m[1])
		}
	}
	return out
}

// broken says why a link in the file at path leads nowhere, or "".
func broken(dir, path, target string) string {
	if scheme.MatchString(target) || strings.Contains(target, "{{") {
		return ""
	}
	file, anchor, _ := strings.Cut(target, "#")
	at := path
	switch {
	case strings.HasPrefix(file, "/"):
		at = filepath.Join(dir, file)
	case file != "":
		at = filepath.Join(filepath.Dir(path), file)
	}
	info, err := os.Stat(at)
	if err != nil {
		return "there is no such file"
	}
	if anchor == "" || info.IsDir() || filepath.Ext(at) != ".md" {
		return ""
	}
	b, err := os.ReadFile(at)
	if err != nil {
		return err.Error()
	}
	for _, m := range heading.FindAllStringSubmatch(fence.ReplaceAllString(string(b), ""), -1) {
		if slug(m[1]) == anchor {
			return ""
		}
	}
	if strings.Contains(string(b), `id="`+anchor+`"`) {
		return ""
	}
	return "the file has no such heading"
}

// slug returns the anchor that forges give a heading.
func slug(heading string) string {
	s := strings.NewReplacer("`", "", "*", "").Replace(strings.ToLower(heading))
	return strings.ReplaceAll(notSlug.ReplaceAllString(s, ""), " ", "-")
}

// TestLinks holds that links in the documents lead somewhere.
func TestLinks(t *testing.T) {
	faults, err := links("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range faults {
		t.Error(fault)
	}
}

// TestLinksCanFail shows each way in which a link may be broken.
func TestLinksCanFail(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"other.md": "# The `one` way: in\n",
		"good.md":  "[a](other.md#the-one-way-in) ![b](other.md) [c](https://example.com/nowhere) [d](#here)\n\n## Here\n\n```\n[x](nowhere.md)\n```\n`[y](nowhere.md)`\n[z]: other.md\n",
		"bad.md":   "[a](nowhere.md)\n[b](other.md#no-way)\n<img src=\"no.png\">\n[z]: gone.md\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	faults, err := links(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(strings.Join(faults, "\n"), dir+"/", "")
	want := `bad.md: the link to nowhere.md is broken: there is no such file
bad.md: the link to other.md#no-way is broken: the file has no such heading
bad.md: the link to gone.md is broken: there is no such file
bad.md: the link to no.png is broken: there is no such file`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
