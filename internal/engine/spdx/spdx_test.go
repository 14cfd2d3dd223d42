package spdx

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for s, want := range map[string]string{
		"mit": "MIT", "(MIT OR gpl-3.0-only)": "MIT OR GPL-3.0-only", "MIT and (Apache-2.0 or ISC)": "MIT AND (Apache-2.0 OR ISC)", "MIT OR Apache-2.0 AND ISC": "MIT OR (Apache-2.0 AND ISC)",
		"GPL-2.0-only WITH Classpath-exception-2.0": "GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0+": "GPL-2.0+", "MIT/Apache-2.0": "MIT OR Apache-2.0",
		"Apache License, Version 2.0": "Apache-2.0", "The MIT License": "MIT", "License :: OSI Approved :: BSD License": "BSD-3-Clause", "https://opensource.org/licenses/MIT": "MIT",
		"http://www.apache.org/licenses/LICENSE-2.0.txt": "Apache-2.0", "https://licenses.nuget.org/BSD-2-Clause": "BSD-2-Clause", "LicenseRef-own": "LicenseRef-own", "New BSD License": "BSD-3-Clause", "GPLv3": "GPL-3.0-only",
	} {
		e, ok := Parse(s)
		if !ok || e.String() != want {
			t.Errorf("%q: got %q %v, want %q", s, e.String(), ok, want)
		}
		if known := !strings.HasPrefix(want, "LicenseRef"); e.Known() != known {
			t.Errorf("%q: known %v", s, e.Known())
		}
	}
	for _, s := range []string{"", "SEE LICENSE IN LICENSE", "MIT AND", "(MIT", "MIT)", "MIT OR", "WITH", "GPL-3.0 WITH", "MIT MIT", strings.Repeat("(", 100) + "MIT", strings.Repeat("MIT OR ", 300) + "MIT"} {
		if e, ok := Parse(s); ok {
			t.Errorf("%q: got %q", s, e)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("(MIT OR Apache-2.0) AND ISC WITH x")
	f.Add("https://opensource.org/licenses/MIT")
	f.Fuzz(func(t *testing.T, s string) {
		e, ok := Parse(s)
		if !ok || !e.Known() {
			return
		}
		again, ok := Parse(e.String())
		if !ok || again.String() != e.String() {
			t.Fatalf("%q reads as %q and that as %q", s, e, again)
		}
	})
}
