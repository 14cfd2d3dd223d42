package spdx

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed ids.txt
var idText string

var ids = sync.OnceValue(func() map[string]string {
	m := make(map[string]string, 600)
	for id := range strings.FieldsSeq(idText) {
		m[strings.ToLower(id)] = id
	}
	return m
})

// ID returns an id of the SPDX list in its own spelling. It reports false for
// what is not on the list.
func ID(s string) (string, bool) {
	id, ok := ids()[strings.ToLower(strings.TrimSpace(s))]
	return id, ok
}

// alias returns the id of a spelling that was common before there were ids.
func alias(s string) (string, bool) {
	s = strings.ToLower(strings.Join(strings.Fields(strings.NewReplacer(",", " ", "\"", "", "'", "", "licence", "license").Replace(s)), " "))
	s = strings.TrimPrefix(strings.TrimSuffix(strings.TrimSuffix(s, "."), " license"), "the ")
	switch s {
	case "mit", "mit/x11", "mit-style", "mit x11", "expat", "osi approved :: mit":
		return "MIT", true
	case "apache", "apache 2", "apache 2.0", "apache2", "apache2.0", "apache-2", "apache v2", "apache v2.0", "apache version 2.0", "apache license 2.0", "apache license version 2.0", "apache license v2.0", "apache software", "apache software license 2.0", "apache license", "asl 2.0", "apache license version 2":
		return "Apache-2.0", true
	case "bsd-3", "bsd 3-clause", "3-clause bsd", "new bsd", "modified bsd", "bsd 3 clause", "new bsd license", "revised bsd":
		return "BSD-3-Clause", true
	case "bsd-2", "bsd 2-clause", "2-clause bsd", "simplified bsd", "bsd 2 clause", "freebsd":
		return "BSD-2-Clause", true
	case "bsd", "bsd-like", "bsd-style", "bsd licensed":
		return "BSD-3-Clause", true // of the family the one that asks most of those in use
	case "isc", "isc license (iscl)", "iscl":
		return "ISC", true
	case "public domain", "cc0", "cc0 1.0", "cc0 1.0 universal":
		return "CC0-1.0", true
	case "unlicense", "unlicense (unlicense)":
		return "Unlicense", true
	case "mpl", "mpl 2.0", "mpl2", "mpl-2", "mozilla public license 2.0", "mozilla public license 2.0 (mpl 2.0)", "mozilla public license version 2.0":
		return "MPL-2.0", true
	case "psf", "python software foundation", "psfl":
		return "PSF-2.0", true
	case "gpl", "gnu gpl", "gnu general public", "gnu general public license (gpl)", "gplv2", "gpl v2", "gpl-2", "gpl2", "gnu gplv2", "gnu general public license v2 (gplv2)", "gnu general public license version 2":
		return "GPL-2.0-only", true
	case "gplv3", "gpl v3", "gpl-3", "gpl3", "gnu gplv3", "gnu general public license v3 (gplv3)", "gnu gpl v3", "gnu general public license version 3":
		return "GPL-3.0-only", true
	case "gplv3+", "gnu general public license v3 or later (gplv3+)", "gpl-3+", "gpl v3 or later":
		return "GPL-3.0-or-later", true
	case "gplv2+", "gnu general public license v2 or later (gplv2+)", "gpl-2+":
		return "GPL-2.0-or-later", true
	case "lgpl", "lgplv2", "lgpl-2.1", "lgplv2.1", "gnu lesser general public license v2 (lgplv2)", "lgpl 2.1":
		return "LGPL-2.1-only", true
	case "lgplv3", "lgpl-3", "lgpl v3", "lgpl 3", "gnu lesser general public license v3 (lgplv3)", "gnu lgpl":
		return "LGPL-3.0-only", true
	case "lgplv3+", "gnu lesser general public license v3 or later (lgplv3+)":
		return "LGPL-3.0-or-later", true
	case "agplv3", "agpl", "agpl-3", "gnu agplv3", "gnu affero general public license v3":
		return "AGPL-3.0-only", true
	case "agplv3+", "gnu affero general public license v3 or later (agplv3+)":
		return "AGPL-3.0-or-later", true
	case "zlib/libpng", "zlib":
		return "Zlib", true
	case "eclipse public license 2.0", "epl 2.0", "eclipse public license v2.0", "eclipse public license - v 2.0":
		return "EPL-2.0", true
	case "eclipse public license 1.0", "epl 1.0", "eclipse public license - v 1.0":
		return "EPL-1.0", true
	case "ruby":
		return "Ruby", true
	case "boost", "bsl 1.0", "boost software license 1.0":
		return "BSL-1.0", true
	}
	return "", false
}

// IDs returns the ids of the SPDX list, sorted.
func IDs() []string { return strings.Fields(idText) }
