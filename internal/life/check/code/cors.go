package code

import (
	"strings"

	"github.com/tdewolff/parse/v2/js"

	"github.com/paddock-dev/paddock/internal/life/check/script"
)

// corsFacts gathers what one script says about who may call it from other
// pages. Only both together are a fault: any origin, and with sign-in.
type corsFacts struct {
	open        []byte // where any origin is let in
	credentials bool
}

// corsRule notes the two headers, in an object or by set and append, and the
// options of the cors package.
func corsRule(u *unit, n js.INode) {
	switch n := n.(type) {
	case *js.Property:
		name, data := script.Key(n)
		u.corsPair(name, data, n.Value)
	case *js.CallExpr:
		_, method, _ := script.Member(n.X)
		if (method == "set" || method == "append" || method == "setHeader" || method == "header") && len(n.Args.List) == 2 {
			if name, ok := script.Text(n.Args.List[0].Value); ok {
				u.corsPair(name, firstBytes(n.Args.List[0].Value), n.Args.List[1].Value)
			}
		}
		if script.Name(n.X) == "cors" && len(n.Args.List) == 1 {
			u.corsOptions(n.Args.List[0].Value)
		}
	}
}

func (u *unit) corsPair(name string, data []byte, value js.IExpr) {
	switch strings.ToLower(name) {
	case "access-control-allow-origin":
		if u.anyOrigin(value) && u.cors.open == nil {
			u.cors.open = data
		}
	case "access-control-allow-credentials":
		if s, ok := script.Text(u.value(value)); ok && strings.EqualFold(s, "true") || isTrue(u.value(value)) {
			u.cors.credentials = true
		}
	}
}

// corsOptions reads cors({ origin: true, credentials: true }).
func (u *unit) corsOptions(n js.IExpr) {
	o, ok := u.value(n).(*js.ObjectExpr)
	if !ok {
		return
	}
	var open []byte
	credentials := false
	for i := range o.List {
		name, data := script.Key(&o.List[i])
		v := u.value(o.List[i].Value)
		s, _ := script.Text(v)
		if name == "origin" && (isTrue(v) || s == "*") {
			open = data
		}
		if name == "credentials" && isTrue(v) {
			credentials = true
		}
	}
	if open != nil && credentials {
		u.add("code_open_cors", open, "")
	}
}

// anyOrigin reports whether a header value is the star, or is copied from the
// request.
func (u *unit) anyOrigin(n js.IExpr) bool {
	v := u.value(n)
	if s, ok := script.Text(v); ok {
		return s == "*"
	}
	if b, ok := v.(*js.BinaryExpr); ok && (b.Op == js.OrToken || b.Op == js.NullishToken) {
		return u.anyOrigin(b.X) || u.anyOrigin(b.Y)
	}
	if call, ok := v.(*js.CallExpr); ok && len(call.Args.List) == 1 {
		s, ok := script.Text(call.Args.List[0].Value)
		return ok && strings.EqualFold(s, "origin")
	}
	_, name, _ := script.Member(v)
	return strings.EqualFold(name, "origin")
}

func isTrue(n js.IExpr) bool {
	l, ok := n.(*js.LiteralExpr)
	return ok && string(l.Data) == "true"
}

func (u *unit) corsFinish() {
	if u.cors.open != nil && u.cors.credentials {
		u.add("code_open_cors", u.cors.open, "")
	}
}
