package scim

import (
	"slices"
	"strings"
)

// User is what is kept of what a provider says of a person.
type User struct {
	UserName    string // unique at the provider, whatever its case
	ExternalID  string // the provider's own name for the person
	DisplayName string
	Name        Name
	Emails      []Email
	Active      bool
}

// Name is a person's name in parts.
type Name struct{ Formatted, Given, Family string }

// Email is one address of a person.
type Email struct {
	Value   string
	Type    string // in lower case: work, home, other
	Primary bool
}

// ReadUser reads a whole user. One who is not said to be active or not is as
// active says.
func ReadUser(o Object, active bool) (User, error) {
	u := User{Active: active}
	if err := speaks(o, UserSchema); err != nil {
		return u, err
	}
	for _, name := range sorted(o) {
		if err := u.set(place{attr: name}, o[name], false); err != nil {
			return u, err
		}
	}
	return u, u.check()
}

func (u User) check() error {
	if u.UserName == "" {
		return bad(InvalidValue, "The user has no userName.")
	}
	return nil
}

// Mail is the person's main address: the primary one, or else that for work, or
// else the first, or else a user name that looks like one.
func (u User) Mail() string {
	for _, fits := range []func(Email) bool{
		func(e Email) bool { return e.Primary },
		func(e Email) bool { return e.Type == "work" },
		func(Email) bool { return true },
	} {
		if i := slices.IndexFunc(u.Emails, fits); i >= 0 {
			return u.Emails[i].Value
		}
	}
	if strings.Contains(u.UserName, "@") {
		return u.UserName
	}
	return ""
}

// Shown is the name that people read.
func (u User) Shown() string {
	for _, s := range []string{u.DisplayName, u.Name.Formatted, strings.TrimSpace(u.Name.Given + " " + u.Name.Family)} {
		if s != "" {
			return s
		}
	}
	return ""
}

// given by the server, or about other resources: a provider may send them along.
func readOnly(attr string) bool {
	return slices.Contains([]string{"id", "meta", "groups", "schemas"}, attr)
}

// dropped are the attributes of users that are known and not kept. Whole
// extensions are not kept either.
func dropped(attr string) bool {
	return strings.HasPrefix(attr, "urn:") || slices.Contains([]string{"nickname", "profileurl", "title", "usertype", "preferredlanguage", "locale", "timezone", "password",
		"phonenumbers", "ims", "photos", "addresses", "entitlements", "roles", "x509certificates"}, attr)
}

// set puts a value where a path says. add is true where lists grow instead of
// being replaced.
func (u *User) set(at place, v any, add bool) (err error) {
	switch at.attr {
	case "username":
		u.UserName, err = text("userName", v)
	case "externalid":
		u.ExternalID, err = optional("externalId", v)
	case "displayname":
		u.DisplayName, err = optional("displayName", v)
	case "active":
		u.Active, err = yes("active", v)
	case "name":
		err = u.setName(at.sub, v)
	case "emails":
		err = u.setEmails(at, v, add)
	default:
		if !readOnly(at.attr) && !dropped(at.attr) {
			err = bad(InvalidPath, "A user has no attribute %q.", clip(at.attr))
		}
	}
	return err
}

// optional is text that may be missing.
func optional(what string, v any) (string, error) {
	if v == nil {
		return "", nil
	}
	return text(what, v)
}

func (u *User) setName(sub string, v any) (err error) {
	switch sub {
	case "formatted":
		u.Name.Formatted, err = optional("name.formatted", v)
	case "givenname":
		u.Name.Given, err = optional("name.givenName", v)
	case "familyname":
		u.Name.Family, err = optional("name.familyName", v)
	case "middlename", "honorificprefix", "honorificsuffix":
	case "":
		if v == nil {
			u.Name = Name{}
			return nil
		}
		parts, ok := v.(Object)
		if !ok {
			return bad(InvalidValue, "name must be an object.")
		}
		for _, part := range sorted(parts) {
			if part == "" {
				return bad(InvalidPath, "A name has a part without a name.")
			}
			if err := u.setName(part, parts[part]); err != nil {
				return err
			}
		}
	default:
		err = bad(InvalidPath, "A name has no part %q.", clip(sub))
	}
	return err
}

func (u *User) setEmails(at place, v any, add bool) error {
	if at.where != nil || at.sub != "" {
		return u.setEmail(at, v)
	}
	list, ok := v.([]any)
	switch {
	case v == nil:
	case !ok:
		list = []any{v}
	}
	if len(list) > maxEmails {
		return bad(InvalidValue, "A user has %d emails; %d are taken.", len(list), maxEmails)
	}
	var emails []Email
	if add {
		emails = slices.Clone(u.Emails)
	}
	for _, v := range list {
		e, err := readEmail(v)
		if err != nil {
			return err
		}
		emails = slices.DeleteFunc(emails, func(o Email) bool { return strings.EqualFold(o.Value, e.Value) })
		emails = append(emails, e)
	}
	if len(emails) > maxEmails {
		return bad(InvalidValue, "A user has %d emails; %d are taken.", len(emails), maxEmails)
	}
	u.Emails = emails
	return nil
}

func readEmail(v any) (e Email, err error) {
	o, ok := v.(Object)
	if !ok {
		return e, bad(InvalidValue, "Each of emails must be an object with a value.")
	}
	if e.Value, err = text("emails.value", o["value"]); err != nil {
		return e, err
	}
	if e.Type, err = optional("emails.type", o["type"]); err != nil {
		return e, err
	}
	e.Type = strings.ToLower(e.Type)
	if o["primary"] != nil {
		e.Primary, err = yes("emails.primary", o["primary"])
	}
	if e.Value == "" && err == nil {
		err = bad(InvalidValue, "An e-mail is empty.")
	}
	return e, err
}

// setEmail changes the address of one type, and adds it if there is none: that is
// how Entra brings addresses.
func (u *User) setEmail(at place, v any) error {
	kind, ok := at.kind()
	if !ok || at.sub != "" && at.sub != "value" && at.sub != "primary" && at.sub != "type" {
		return bad(InvalidPath, "Of emails, name one by its type: emails[type eq \"work\"].value.")
	}
	u.Emails = slices.Clone(u.Emails)
	i := slices.IndexFunc(u.Emails, func(e Email) bool { return e.Type == kind })
	e := Email{Type: kind}
	if i >= 0 {
		e = u.Emails[i]
	}
	var err error
	switch at.sub {
	case "primary":
		e.Primary, err = yes("emails.primary", v)
	case "type":
		e.Type, err = optional("emails.type", v)
	case "":
		if e, err = readEmail(v); err == nil {
			e.Type = kind
		}
	default:
		e.Value, err = optional("emails.value", v)
	}
	switch {
	case err != nil:
		return err
	case e.Value == "" && i >= 0:
		u.Emails = slices.Delete(u.Emails, i, i+1)
	case e.Value == "":
	case i >= 0:
		u.Emails[i] = e
	case len(u.Emails) == maxEmails:
		return bad(InvalidValue, "A user has more than %d emails.", maxEmails)
	default:
		u.Emails = append(u.Emails, e)
	}
	return nil
}

// sorted lists the names of an object, so that of several faults always the same
// one is told.
func sorted(o Object) []string {
	names := make([]string, 0, len(o))
	for n := range o {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
