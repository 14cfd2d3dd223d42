package archtest

import (
	"fmt"
	"go/ast"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// maxLines is the longest a file may be. Generated files are not counted.
const maxLines = 450

// comments reports packages without a package comment.
func comments(h *house) []string {
	var faults []string
	for _, u := range h.units {
		documented := func(f *ast.File) bool { return f.Doc != nil && !ast.IsGenerated(f) }
		if !slices.ContainsFunc(u.files, documented) && !slices.ContainsFunc(u.files, ast.IsGenerated) {
			faults = append(faults, u.path+" has no package comment")
		}
	}
	return faults
}

// lengths reports files with too many lines: code, tests, pages and policies.
func lengths(dir string) ([]string, error) {
	var faults []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() {
			if name == "node_modules" || name == "vendor" || path != dir && (name[0] == '.' || name == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if !slices.Contains([]string{".go", ".templ", ".css", ".js", ".mjs", ".rego"}, filepath.Ext(path)) {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		head, _, _ := strings.Cut(string(b), "\npackage ")
		if n := strings.Count(string(b), "\n"); n > maxLines && !strings.Contains(head, "DO NOT EDIT.") {
			faults = append(faults, fmt.Sprintf("%s has %d lines, more than %d: split it by idea", path, n, maxLines))
		}
		return nil
	})
	return faults, err
}

// TestComments holds that every package says what it is.
func TestComments(t *testing.T) {
	for _, fault := range comments(ours(t)) {
		t.Error(fault)
	}
}

// TestLengths holds that files stay small.
func TestLengths(t *testing.T) {
	faults, err := lengths("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range faults {
		t.Error(fault)
	}
}
