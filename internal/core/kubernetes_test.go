package core

import "testing"

func TestNamespaces(t *testing.T) {
	for name, want := range map[string][2]string{"paddock-a--b": {"a", "b"}, "paddock-candidate-tracker--test-1": {"candidate-tracker", "test-1"}} {
		app, environment, ok := AppOfNamespace(name)
		if !ok || app != want[0] || environment != want[1] || NamespaceOf(app, environment) != name {
			t.Errorf("%s: %q %q %t", name, app, environment, ok)
		}
	}
	for _, name := range []string{"", "paddock-system", "paddock---b", "paddock-a--", "a--b", "kube-system", "a", "xpaddock-a--b"} {
		if app, environment, ok := AppOfNamespace(name); ok || app+environment != "" {
			t.Errorf("%q is named for %q %q", name, app, environment)
		}
	}
}
