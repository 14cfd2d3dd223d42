package code

import (
	"github.com/tdewolff/parse/v2/js"

	"github.com/paddock-dev/paddock/internal/life/check/script"
)

const nodeTLS = "NODE_TLS_REJECT_UNAUTHORIZED"

// tlsRule finds settings that switch off the check of who is at the other end
// of a connection.
func tlsRule(u *unit, n js.INode) {
	switch n := n.(type) {
	case *js.Property:
		name, data := script.Key(n)
		if (name == "rejectUnauthorized" || name == "strictSSL") && u.isFalse(n.Value) {
			u.add("code_tls_off", data, name)
		}
	case *js.BinaryExpr:
		if n.Op != js.EqToken {
			return
		}
		_, name, data := script.Member(n.X)
		switch name {
		case "rejectUnauthorized", "strictSSL":
			if u.isFalse(n.Y) {
				u.add("code_tls_off", data, name)
			}
		case nodeTLS:
			u.add("code_tls_off", data, name)
		}
	}
}

// isFalse knows false, !1, 0 and "0".
func (u *unit) isFalse(n js.IExpr) bool {
	switch n := u.value(n).(type) {
	case *js.LiteralExpr:
		s, _ := script.Text(n)
		return string(n.Data) == "false" || string(n.Data) == "0" || s == "0"
	case *js.UnaryExpr:
		l, ok := n.X.(*js.LiteralExpr)
		return ok && n.Op == js.NotToken && string(l.Data) == "1"
	}
	return false
}
