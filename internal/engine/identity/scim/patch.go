package scim

import (
	"slices"
	"strings"
)

// Operation is one step of a PATCH.
type Operation struct {
	Op    string // add, replace or remove
	Path  string
	Value any
	Has   bool // there is a value, be it null
}

// Patch reads the operations of a PATCH (RFC 7644, section 3.5.2). Entra writes
// their names with a capital.
func Patch(o Object) ([]Operation, error) {
	if err := speaks(o, PatchMessage); err != nil {
		return nil, err
	}
	list, ok := o["operations"].([]any)
	if !ok || len(list) == 0 {
		return nil, bad(InvalidSyntax, "A PATCH must have Operations.")
	}
	if len(list) > MaxOperations {
		return nil, bad(TooMany, "There are %d operations; %d are taken at once.", len(list), MaxOperations)
	}
	out := make([]Operation, 0, len(list))
	for _, v := range list {
		o, ok := v.(Object)
		if !ok {
			return nil, bad(InvalidSyntax, "Each operation must be an object.")
		}
		op, err := operation(o)
		if err != nil {
			return nil, err
		}
		out = append(out, op)
	}
	return out, nil
}

func operation(o Object) (op Operation, err error) {
	name, _ := o["op"].(string)
	op.Op = strings.ToLower(name)
	if !slices.Contains([]string{"add", "replace", "remove"}, op.Op) {
		return op, bad(InvalidSyntax, "There is no operation %q; there are add, replace and remove.", clip(name))
	}
	if v := o["path"]; v != nil {
		if op.Path, err = text("path", v); err != nil {
			return op, bad(InvalidPath, "A path must be a short text.")
		}
	}
	op.Value, op.Has = o["value"]
	switch {
	case op.Op == "remove" && op.Path == "":
		return op, bad(NoTarget, "A remove needs a path.")
	case op.Op != "remove" && !op.Has:
		return op, bad(InvalidValue, "An operation %q needs a value.", op.Op)
	}
	return op, nil
}

// each calls do for every attribute that an operation is about. Without a path the
// value is an object whose names are attributes, or paths as Entra writes them;
// what the server gives (its id) may be among them and is left alone.
func (op Operation) each(schema string, do func(at place, v any) error) error {
	if op.Path != "" {
		at, err := parsePath(op.Path, schema)
		if err != nil {
			return err
		}
		if readOnly(at.attr) {
			return bad(Mutability, "%s cannot be changed.", clip(op.Path))
		}
		return do(at, op.Value)
	}
	values, ok := op.Value.(Object)
	if !ok {
		return bad(InvalidValue, "An operation without a path needs an object as its value.")
	}
	for _, name := range sorted(values) {
		at := place{attr: name}
		if strings.ContainsAny(name, ".[:") {
			var err error
			if at, err = parsePath(name, schema); err != nil {
				return err
			}
		}
		if readOnly(at.attr) {
			continue
		}
		if err := do(at, values[name]); err != nil {
			return err
		}
	}
	return nil
}

// PatchUser returns a user as the operations change it. If one of them cannot be,
// none counts.
func PatchUser(u User, ops []Operation) (User, error) {
	for _, op := range ops {
		err := op.each(UserSchema, func(at place, v any) error {
			if op.Op == "remove" {
				return u.remove(at)
			}
			return u.set(at, v, op.Op == "add")
		})
		if err != nil {
			return User{}, err
		}
	}
	return u, u.check()
}

// remove takes an attribute away.
func (u *User) remove(at place) error {
	switch {
	case at.attr == "username" || at.attr == "active":
		return bad(Mutability, "%s cannot be removed; replace it.", at.attr)
	case at.attr == "emails" && (at.where != nil || at.sub != ""):
		at.sub = "value"
	}
	return u.set(at, nil, false)
}
