package web

import (
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// othersWord goes on after the number of versions that fit.
func othersWord(n int) string {
	if n == 0 {
		return ""
	}
	return ", " + plural(n, "other does not", "others do not")
}

// nothingHeld says what an empty result means.
func nothingHeld(p *view.ComponentPage) string {
	switch {
	case len(p.Versions) > 0 && p.Where == string(core.WhereLive):
		return "No running app holds it. Look in newest builds or in every build."
	case len(p.Versions) > 0:
		return "No app that you may see holds it."
	case p.Others > 0:
		return "No app holds a version that fits. " + plural(p.Others, "other version is", "other versions are") + " in use."
	}
	return "No app has ever held a component of this name. Check the spelling."
}

// unlistedWord says whose parts are not known.
func unlistedWord(p *view.ComponentPage) string {
	return "The components of " + plural(*p.Unlisted, "app are", "apps are") + " not known. Such an app may hold it too."
}

// vexWord says what a statement means for a component.
func vexWord(v view.Said) string {
	out := v.Vulnerability + ": " + strings.ReplaceAll(v.Status, "_", " ")
	if v.SetAside {
		out = v.Vulnerability + " is set aside by VEX: " + strings.ReplaceAll(v.Status, "_", " ")
	}
	if v.Justification != "" {
		out += ", " + strings.ReplaceAll(v.Justification, "_", " ")
	} else if v.Impact != "" {
		out += ", " + v.Impact
	}
	return out + ". Says " + v.Author + ", by " + v.From + "."
}
