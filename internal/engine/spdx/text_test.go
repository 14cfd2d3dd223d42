package spdx

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestIdentifyRealTexts reads the licence files of modules that this very
// program is built from, whose licences are known.
func TestIdentifyRealTexts(t *testing.T) {
	for module, want := range map[string]string{
		"github.com/CycloneDX/cyclonedx-go": "Apache-2.0", "github.com/alecthomas/kong": "MIT", "golang.org/x/mod": "BSD-3-Clause", "github.com/hashicorp/golang-lru/v2": "MPL-2.0", "github.com/pelletier/go-toml/v2": "MIT",
		"github.com/google/go-containerregistry": "Apache-2.0", "github.com/pressly/goose/v3": "MIT", "github.com/riverqueue/river": "MPL-2.0", "github.com/elastic/go-seccomp-bpf": "Apache-2.0",
	} {
		dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
		if err != nil {
			t.Skip("the go command is needed to find the texts")
		}
		files, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "LICENSE*"))
		files2, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "COPYING*"))
		files = append(files, files2...)
		if len(files) == 0 {
			t.Fatalf("%s has no licence file", module)
		}
		text, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := Identify(text); got != want {
			t.Errorf("%s: got %q, want %q", module, got, want)
		}
	}
}

func TestIdentifyRefuses(t *testing.T) {
	for _, s := range []string{"", "All rights reserved.", "See the GNU General Public License", strings.Repeat("words ", 200) + "GNU General Public License version 3"} {
		if got, ok := Identify([]byte(s)); ok {
			t.Errorf("%.40q: %s", s, got)
		}
	}
}

// TestIDsOfFormsAreListed keeps the tables to ids of the list.
func TestIDsOfFormsAreListed(t *testing.T) {
	for _, f := range forms() {
		if id, ok := ID(f.id); !ok || id != f.id {
			t.Errorf("%s is not on the list", f.id)
		}
	}
	for id := range free {
		if canonical, ok := ID(id); ok && canonical != id {
			t.Errorf("%s is spelt %s", id, canonical)
		}
	}
}

func TestClassOf(t *testing.T) {
	for s, want := range map[string]Class{
		"MIT": Free, "MPL-2.0": Weak, "LGPL-3.0-or-later": Weak, "GPL-2.0": Copyleft, "GPL-2.0+": Copyleft, "GPL-2.0-only WITH Classpath-exception-2.0": Weak, "GPL-2.0-with-classpath-exception": Weak,
		"AGPL-3.0-only": Network, "SSPL-1.0": Network, "CC-BY-NC-4.0": Restricted, "CC-BY-NC-ND-2.0": Restricted, "BUSL-1.1": Restricted, "Elastic-2.0": Restricted, "CC-BY-SA-4.0": Copyleft, "Custom": Unknown, "UNLICENSED": Unknown, "LicenseRef-Commons-Clause": Restricted,
	} {
		e, ok := Parse(s)
		if got := ClassOf(e); !ok || got != want {
			t.Errorf("%s: got %s, want %s", s, got, want)
		}
	}
}

func FuzzIdentify(f *testing.F) {
	f.Add([]byte("Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files"))
	f.Fuzz(func(_ *testing.T, data []byte) { Identify(data) })
}
