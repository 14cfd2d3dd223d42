package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// growth prints what a check costs as a tree grows by powers of ten.
func (b *bench) growth(ctx context.Context) error {
	for _, n := range []int{1_000, 10_000, 100_000} {
		dir := filepath.Join(b.dir, fmt.Sprint("files-", n))
		if err := grow(dir, n); err != nil {
			return err
		}
		c, err := b.own(dir).run(ctx)
		if err != nil {
			return err
		}
		fmt.Printf("  %7d files %s %8.0f us CPU a file\n", n, c, float64(c.cpu.Microseconds())/float64(n))
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	return nil
}

// grow writes n small files of the kinds that apps are made of, 100 in a folder.
func grow(dir string, n int) error {
	kinds := []struct{ name, text string }{
		{"view%d.ts", "export function view%d(rows: string[]): number {\n\treturn rows.filter((row) => row !== \"\").length;\n}\n"},
		{"page%d.html", "<!doctype html>\n<html lang=\"en\"><head><title>Page %d</title></head><body><h1>Hello</h1></body></html>\n"},
		{"job%d.py", "def job(rows):\n    \"\"\"Number %d.\"\"\"\n    return [row for row in rows if row]\n"},
		{"conf%d.yaml", "name: part-%d\nlevel: info\nretries: 3\n"},
		{"note%d.md", "# Note %d\n\nNothing to see here.\n"},
	}
	for i := range n {
		if i%100 == 0 {
			if err := os.MkdirAll(filepath.Join(dir, fmt.Sprint("part", i/100)), 0o700); err != nil {
				return err
			}
		}
		k := kinds[i%len(kinds)]
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint("part", i/100), fmt.Sprintf(k.name, i)), fmt.Appendf(nil, k.text, i), 0o600); err != nil {
			return err
		}
	}
	return nil
}
