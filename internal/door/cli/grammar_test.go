package cli

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/alecthomas/kong"
)

// A command that is described alone has the help, the arguments and the faults that it
// has among all others.
func TestGrammar(t *testing.T) {
	all, err := kong.New(&commands{}, kong.Name("paddock"), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	said := func(grammar any, args ...string) string {
		var out, errs bytes.Buffer
		k, err := kong.New(grammar, kong.Name("paddock"), kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}), kong.Writers(&out, &errs), kong.Exit(func(int) {}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err = k.Parse(args); err != nil {
			errs.WriteString(err.Error())
		}
		return out.String() + errs.String()
	}
	if len(all.Model.Children) != reflect.TypeFor[commands]().NumField() {
		t.Errorf("%d commands", len(all.Model.Children))
	}
	for _, c := range all.Model.Children {
		if n := reflect.TypeOf(grammar([]string{c.Name})).Elem().NumField(); n != 1 {
			t.Errorf("%s: %d commands are described", c.Name, n)
		}
		for _, more := range []string{"--help", "--no-such", "nothing-of-the-kind"} {
			if a, b := said(grammar([]string{c.Name}), c.Name, more), said(&commands{}, c.Name, more); a != b {
				t.Errorf("%s %s: alone\n%s\namong all\n%s", c.Name, more, a, b)
			}
		}
	}
	for _, args := range [][]string{nil, {"--help"}, {"chekc"}, {"help", "check"}} {
		if n := reflect.TypeOf(grammar(args)).Elem().NumField(); n < 20 {
			t.Errorf("%v: %d commands are described", args, n)
		}
	}
}
