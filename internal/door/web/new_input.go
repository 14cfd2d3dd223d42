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
	form
	tpl     view.Template
	preview *view.Preview // nil until it could be made
}

// startForm is the form before anything was typed.
func startForm(tpl view.Template, who core.Person) formState {
	s := formState{tpl: tpl, form: typed(newAppFields(tpl), nil)}
	s.values["owner"], s.values["classification"] = who.Email, tpl.Classification
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
	return formState{tpl: tpl, form: typed(newAppFields(tpl), sent)}
}

// newAppFields lists the fields of a template's form.
func newAppFields(tpl view.Template) []string {
	names := []string{"name", "owner", "co_owners", "classification", "region"}
	for _, p := range tpl.Parameters {
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

// refused is the form with the error's parts at the fields they name.
func (s formState) refused(err *core.Error) formState {
	s.form = s.form.refused(err)
	return s
}
