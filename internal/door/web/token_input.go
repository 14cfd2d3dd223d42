package web

import (
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// mostTokenDays is the longest life of an access token.
const mostTokenDays = 365

// tokenFields lists the fields of the form for a token, in their order.
func tokenFields() []string { return []string{"name", "scope", "provider", "apps", "days"} }

// startToken is the form before anything was typed. A token to push with is
// what most people come for.
func startToken() form {
	f := typed(tokenFields(), nil)
	f.values["scope"], f.values["days"] = "write", "90"
	return f
}

// tokenDays reads how long the token should last, and finds what can be found
// wrong before the desk is asked.
func tokenDays(f form) (int, error) {
	var bad []*core.Error
	if f.values["name"] == "" {
		bad = append(bad, core.Errorf(core.Invalid, "The token has no name.").Hinted("Write where you will use it, such as: laptop.").At("name"))
	}
	if f.values["scope"] == "" {
		bad = append(bad, core.Errorf(core.Invalid, "Nothing is chosen.").Hinted("Choose what the token may do.").At("scope"))
	}
	days, err := strconv.Atoi(f.values["days"])
	if err != nil || days < 1 || days > mostTokenDays {
		bad = append(bad, core.Errorf(core.Invalid, "%q is not a number from 1 to %d.", f.values["days"], mostTokenDays).
			Hinted("Write a number of days, such as 90.").At("days"))
	}
	return days, core.Join(core.Invalid, "The access token was not made.", bad)
}

// wordsOf splits what was typed into a list at commas and spaces.
func wordsOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
}

// cameFor finds the app whose code the caller came for. It never fails, because
// a token that was just made must be shown: an app that cannot be read is as
// good as none, which has no name.
func (p *Pages) cameFor(r *http.Request, who core.Person) view.App {
	return p.appIfAny(r, who, r.Form.Get("app"))
}

// toClone is the app that the caller came for, or else one of the caller's own
// as an example. Like cameFor it never fails.
func (p *Pages) toClone(r *http.Request, who core.Person) view.App {
	if a := p.cameFor(r, who); a.Name != "" {
		return a
	}
	own, err := p.desk.Apps(r.Context(), who, view.AppQuery{Owner: who.Email, States: []string{string(core.AppActive)}, Limit: 1})
	if err != nil {
		p.record(r, core.AsError(err))
	}
	if len(own.Items) == 0 {
		return view.App{}
	}
	return p.appIfAny(r, who, own.Items[0].Name)
}

func (p *Pages) appIfAny(r *http.Request, who core.Person, name string) view.App {
	if name == "" {
		return view.App{}
	}
	a, err := p.desk.App(r.Context(), who, name)
	if err != nil {
		if core.CodeOf(err) != core.NotFound {
			p.record(r, core.AsError(err))
		}
		return view.App{}
	}
	return a
}
