package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// form is a form as it is shown: what was typed and what is wrong with it.
type form struct {
	names   []string          // its fields, in the order they are shown
	values  map[string]string // by field name, as typed
	errors  map[string]string // by field name
	order   []string          // fields with errors, in the order of the form
	general *core.Error       // an error of no field; nil if there is none
}

// typed is the form as it was sent; what it has no field for is left out.
func typed(names []string, sent url.Values) form {
	f := form{names: names, values: map[string]string{}}
	for _, name := range names {
		f.values[name] = strings.TrimSpace(sent.Get(name))
	}
	return f
}

// refused sorts an error's parts to the fields they name.
func (f form) refused(err *core.Error) form {
	f.errors, f.order, f.general = map[string]string{}, nil, nil
	faults := err.Problems
	if len(faults) == 0 {
		faults = []*core.Error{err}
	}
	for _, fault := range faults {
		field := strings.TrimPrefix(strings.ReplaceAll(fault.Field, "/", "."), ".")
		if slices.Contains(f.names, field) {
			f.errors[field] = sentence(fault)
		} else {
			f.general = fault
		}
	}
	for _, name := range f.names {
		if f.errors[name] != "" {
			f.order = append(f.order, name)
		}
	}
	return f
}

// sentence is an error's message with its hint.
func sentence(e *core.Error) string { return strings.TrimSpace(e.Msg + " " + e.Hint) }
