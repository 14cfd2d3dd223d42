package spdx

import "strings"

// Class is a group of licences that ask for the same kind of thing.
type Class string

// The classes.
const (
	Free       Class = "free"       // a notice at most
	Weak       Class = "weak"       // sharing changes to the package itself
	Copyleft   Class = "copyleft"   // sharing the whole app with whoever gets it
	Network    Class = "network"    // sharing it with whoever uses it over a network, too
	Restricted Class = "restricted" // no business use, no changes, or no rival service
	Unknown    Class = "unknown"    // none of these, or not known
)

// Classes lists the classes that can be named in settings.
func Classes() []string {
	return []string{string(Free), string(Weak), string(Copyleft), string(Network), string(Restricted)}
}

var free = set(`MIT MIT-0 MIT-CMU MIT-Modern-Variant ISC 0BSD Apache-1.1 Apache-2.0 BSD-1-Clause BSD-2-Clause BSD-2-Clause-Patent BSD-2-Clause-Views BSD-3-Clause BSD-3-Clause-Clear
 BSD-4-Clause BSD-4-Clause-UC BSD-Source-Code Unlicense CC0-1.0 Zlib zlib-acknowledgement libpng-2.0 Libpng WTFPL BlueOak-1.0.0 Python-2.0 Python-2.0.1 PSF-2.0 Artistic-1.0-Perl Artistic-2.0 BSL-1.0 X11 NCSA PostgreSQL
 OFL-1.1 UPL-1.0 AFL-2.1 AFL-3.0 CC-BY-3.0 CC-BY-4.0 Unicode-DFS-2015 Unicode-DFS-2016 Unicode-3.0 curl OpenSSL MS-PL Ruby PHP-3.0 PHP-3.01 Zend-2.0 ZPL-2.0 ZPL-2.1 HPND TCL FTL IJG ICU W3C MulanPSL-2.0 CNRI-Python Vim bzip2-1.0.6 JSON Fair Beerware ECL-2.0 EFL-2.0 Info-ZIP Spencer-94 TU-Berlin-2.0 Xnet NTP ANTLR-PD SAX-PD PDDL-1.0`)

var weak = []string{"LGPL-", "MPL-", "EPL-", "CDDL-", "CPL-1.0", "APSL-", "IPL-1.0", "ErlPL-", "MS-RL", "OSET-PL-", "LGPLLR", "SPL-1.0", "wxWindows"}
var strong = []string{"GPL-", "EUPL-", "OSL-", "CC-BY-SA-", "QPL-", "RPL-", "Sleepycat", "CECILL-1", "CECILL-2", "Parity-", "ODbL-"}
var network = []string{"AGPL-", "SSPL-", "CPAL-", "RPSL-"}

// ClassOf returns the class of one licence.
func ClassOf(e Expression) Class {
	id := e.ID
	if e.Op != One || !e.Listed {
		if strings.Contains(strings.ToLower(id), "commons-clause") {
			return Restricted
		}
		return Unknown
	}
	linking := strings.Contains(strings.ToLower(e.Exception+id), "classpath") || strings.Contains(strings.ToLower(e.Exception), "gcc-exception") || strings.Contains(strings.ToLower(e.Exception), "universal-foss") || strings.Contains(strings.ToLower(e.Exception), "openjdk")
	switch {
	case free[id]:
		return Free
	case strings.Contains(id, "-NC-") || strings.Contains(id, "-ND-") || strings.HasSuffix(id, "-NC") || strings.HasPrefix(id, "BUSL-") || strings.HasPrefix(id, "Elastic-") || strings.HasPrefix(id, "PolyForm-"):
		return Restricted
	case begins(id, network):
		return Network
	case begins(id, weak), begins(id, strong) && linking:
		return Weak
	case begins(id, strong):
		return Copyleft
	}
	return Unknown
}

func begins(id string, list []string) bool {
	for _, p := range list {
		if strings.HasPrefix(id, p) {
			return true
		}
	}
	return false
}

func set(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}
