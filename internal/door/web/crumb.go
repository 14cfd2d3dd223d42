package web

// crumb is one step on the way to a page.
type crumb struct{ path, label string }

// home is where every way begins.
func home() crumb { return crumb{"/", "Apps"} }

// nameOf is how the caller's menu is titled.
func nameOf(f frame) string {
	if f.me.Name != "" {
		return f.me.Name
	}
	return f.me.Email
}
