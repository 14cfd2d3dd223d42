package web

import (
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// fieldID is the id of a field's element.
func fieldID(name string) string { return "field-" + strings.ReplaceAll(name, ".", "-") }

// describedBy names the notes that belong to a field.
func describedBy(s form, name, help string) string {
	var ids []string
	if help != "" {
		ids = append(ids, fieldID(name)+"-help")
	}
	if s.errors[name] != "" {
		ids = append(ids, fieldID(name)+"-error")
	}
	return strings.Join(ids, " ")
}

// inputModeOf picks the keys that a phone offers for a field; "" is the usual ones.
func inputModeOf(name string) string {
	switch name {
	case "budget":
		return "decimal"
	case "days":
		return "numeric"
	}
	return ""
}

// choicesWith keeps what was sent among the choices, so that a refused value
// is shown and not lost.
func choicesWith(choices []string, sent string) []string {
	if sent == "" || slices.Contains(choices, sent) {
		return choices
	}
	return append(slices.Clone(choices), sent)
}

func parameterTitle(p view.Parameter) string {
	if p.Title != "" {
		return p.Title
	}
	return capital(p.Name)
}

func currencyOf(b core.Budget) string {
	if b.Currency == "" {
		return "EUR"
	}
	return b.Currency
}
