package catalog

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/paddock-dev/paddock/internal/core"
)

// maxParameter is the longest value of a form field, in characters.
const maxParameter = 200

// CheckParameters checks the values of a template's own form fields and fills
// in defaults. The Field of each fault is "parameters.<name>".
func CheckParameters(t core.Template, given map[string]string) (map[string]string, error) {
	f := faults{}
	out, known := map[string]string{}, []string{}
	for _, p := range t.Parameters {
		known = append(known, p.Name)
		value := strings.TrimSpace(given[p.Name])
		if value == "" {
			value = p.Default
		}
		if value == "" && p.Required {
			f.add("parameters."+p.Name, "Fill it in.", "%q is empty.", p.Title)
			continue
		}
		if value != "" {
			f.check("parameters."+p.Name, checkParameter(p, value))
		}
		out[p.Name] = value
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(known, name) {
			f.add("parameters."+clipped(name), core.DidYouMean(name, known), "The template %q has no field %q.", t.Name, clipped(name))
		}
	}
	return out, core.Join(core.Invalid, "The form has several faults.", f)
}

func checkParameter(p core.Parameter, value string) error {
	bad := func(hint, format string, args ...any) error {
		return core.Errorf(core.Invalid, format, args...).Hinted("%s", hint)
	}
	switch {
	case !utf8.ValidString(value) || strings.IndexFunc(value, unicode.IsControl) >= 0:
		return bad("Write it on one line.", "%q has a character that cannot be used.", p.Title)
	case utf8.RuneCountInString(value) > maxParameter:
		return bad("Make it shorter.", "%q is longer than %d characters.", p.Title, maxParameter)
	case p.Type == "choice" && !slices.Contains(p.Choices, value):
		return bad(hintOneOf(value, p.Choices), "%q is not a choice for %q.", clipped(value), p.Title)
	case p.Pattern != "":
		re, err := regexp.Compile(`^(?:` + p.Pattern + `)$`)
		if err != nil || !re.MatchString(value) {
			return bad(or(p.Help, "Ask the owner of the template what to write."), "%q does not fit %q.", clipped(value), p.Title)
		}
	}
	return nil
}
