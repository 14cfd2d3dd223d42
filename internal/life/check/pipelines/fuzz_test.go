package pipelines

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// FuzzPipelines gives the check files of every kind; it must neither fail nor
// point outside of the file.
func FuzzPipelines(f *testing.F) {
	for _, pattern := range []string{"testdata/zizmor/*.yml", "testdata/published/*", "testdata/gitlab/*"} {
		names, _ := filepath.Glob(pattern)
		for _, n := range names {
			b, err := os.ReadFile(n)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b, uint8(0))
			f.Add(b, uint8(2))
		}
	}
	paths := []string{".github/workflows/a.yml", "a/action.yml", ".gitlab-ci.yml", ".github/dependabot.yml"}
	f.Fuzz(func(t *testing.T, text []byte, kind uint8) {
		file := tree.File{Path: paths[int(kind)%len(paths)], Text: text}
		lines := 1
		for _, c := range text {
			if c == '\n' {
				lines++
			}
		}
		for _, x := range check(file).Findings {
			if x.Line > lines+1 || x.Line < 0 || x.Column < 0 {
				t.Errorf("%s at %d:%d of %d lines", x.Code, x.Line, x.Column, lines)
			}
		}
	})
}
