package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// parameterPrefix starts the names of a template's own fields, in the form and
// in errors.
const parameterPrefix = "parameters."

// formState is the form for a new app as it is shown: what was typed, what is
// wrong with it, and what will happen.
type formState struct {
	tpl     view.Template
	values  map[string]string // by field name, as typed
	errors  map[string]string // by field name
	order   []string          // fields with errors, in the order of the form
	general *core.Error       // an error of no field; nil if there is none
	preview *view.Preview     // nil until it could be made
}

// startForm is the form before anything was typed.
func startForm(tpl view.Template, who core.Person) formState {
	s := formState{tpl: tpl, values: map[string]string{"owner": who.Email, "classification": tpl.Classification}}
	if len(tpl.Regions) > 0 {
		s.values["region"] = tpl.Regions[0]
	}
	if tpl.Budget.Monthly > 0 {
		s.values["budget"] = strconv.FormatFloat(tpl.Budget.Monthly, 'f', -1, 64)
	}
	for _, p := range tpl.Parameters {
		s.values[parameterPrefix+p.Name] = p.Default
	}
	return s
}

// typedForm is the form as it was sent.
func typedForm(tpl view.Template, sent url.Values) formState {
	s := formState{tpl: tpl, values: map[string]string{}}
	for _, name := range s.fields() {
		s.values[name] = strings.TrimSpace(sent.Get(name))
	}
	return s
}

// fields lists the form's fields in the order they are shown.
func (s formState) fields() []string {
	names := []string{"name", "owner", "co_owners", "classification", "region"}
	for _, p := range s.tpl.Parameters {
		names = append(names, parameterPrefix+p.Name)
	}
	return append(names, "budget")
}

// input is the request that the form stands for. It fails on what cannot be
// read as one; whether it is allowed is for the gate to say.
func (s formState) input() (view.NewApp, error) {
	n := view.NewApp{Template: s.tpl.Name, Name: s.values["name"], Owner: s.values["owner"],
		Classification: s.values["classification"], Region: s.values["region"],
		CoOwners: splitList(s.values["co_owners"]), Parameters: map[string]string{}}
	for _, p := range s.tpl.Parameters {
		if v := s.values[parameterPrefix+p.Name]; v != "" {
			n.Parameters[p.Name] = v
		}
	}
	money := strings.Replace(s.values["budget"], ",", ".", 1)
	if money == "" {
		return n, nil
	}
	budget, err := strconv.ParseFloat(money, 64)
	if err != nil || !(budget >= 0 && budget <= 1e9) { // so that NaN fails too
		return n, core.Errorf(core.Invalid, "%q is not an amount of money.", s.values["budget"]).
			Hinted("Write a number, such as 20.").At("budget")
	}
	n.Budget = budget
	return n, nil
}

// splitList reads e-mails divided by commas, spaces or lines.
func splitList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",; \n\r\t", r) })
}

// refused sorts an error's parts to the fields they name.
func (s formState) refused(err *core.Error) formState {
	s.errors = map[string]string{}
	faults := err.Problems
	if len(faults) == 0 {
		faults = []*core.Error{err}
	}
	known := s.fields()
	for _, fault := range faults {
		field := strings.TrimPrefix(strings.ReplaceAll(fault.Field, "/", "."), ".")
		if s.hasField(field) {
			s.errors[field] = sentence(fault)
		} else {
			s.general = fault
		}
	}
	for _, name := range known {
		if s.errors[name] != "" {
			s.order = append(s.order, name)
		}
	}
	return s
}

func (s formState) hasField(name string) bool {
	for _, known := range s.fields() {
		if known == name {
			return true
		}
	}
	return false
}

// sentence is an error's message with its hint.
func sentence(e *core.Error) string { return strings.TrimSpace(e.Msg + " " + e.Hint) }
