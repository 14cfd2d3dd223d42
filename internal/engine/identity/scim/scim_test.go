package scim

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

func object(t testing.TB, text string) Object {
	t.Helper()
	o, err := Decode([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return o
}

var ana = User{UserName: "ana@example.org", ExternalID: "oid-1", DisplayName: "Ana Lima", Name: Name{Given: "Ana", Family: "Lima"},
	Emails: []Email{{Value: "ana@example.org", Type: "work", Primary: true}}, Active: true}

// What Entra ID and Okta send when they bring somebody, shortened to what varies.
func TestUsersAsTheyAreSent(t *testing.T) {
	for note, text := range map[string]string{
		"entra": `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"externalId":"oid-1","userName":"ana@example.org","active":true,
			"displayName":"Ana Lima","emails":[{"primary":true,"type":"work","value":"ana@example.org"}],"meta":{"resourceType":"User"},"name":{"familyName":"Lima","givenName":"Ana"},
			"roles":[],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Payroll"}}`,
		"okta": `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ana@example.org","name":{"givenName":"Ana","familyName":"Lima"},"emails":[{"primary":true,"value":"ana@example.org","type":"work"}],
			"displayName":"Ana Lima","locale":"en-US","externalId":"oid-1","groups":[],"password":"1mz050nq","active":true}`,
		"entra, active as text": `{"Schemas":["URN:ietf:params:scim:schemas:core:2.0:User"],"UserName":"ana@example.org","externalid":"oid-1","displayName":"Ana Lima","active":"True","name":{"familyName":"Lima","givenName":"Ana"},
			"emails":[{"primary":"True","type":"Work","value":"ana@example.org"}]}`,
	} {
		if got, err := ReadUser(object(t, text), true); err != nil || !reflect.DeepEqual(got, ana) {
			t.Errorf("%s: %+v, %v", note, got, err)
		}
	}
	whole := `{"schemas":["` + UserSchema + `"],"userName":"ana"}`
	for _, was := range []bool{true, false} { // nobody comes back because a PUT says nothing of it
		if got, _ := ReadUser(object(t, whole), was); got.Active != was {
			t.Errorf("active %v became %v", was, got.Active)
		}
	}
}

func patch(text string) string {
	return `{"schemas":["` + PatchMessage + `"],"Operations":[` + text + `]}`
}

func TestPatchUserAsItIsSent(t *testing.T) {
	off := ana
	off.Active = false
	named := ana
	named.Name.Family, named.DisplayName = "Souza", "Ana Souza"
	other := ana
	other.Emails = []Email{{Value: "a@example.org", Type: "work", Primary: true}}
	bare := ana
	bare.Emails, bare.ExternalID = []Email{}, ""
	for note, c := range map[string]struct {
		ops  string
		want User
	}{
		"entra, the old way":      {`{"op":"Replace","path":"active","value":"False"}`, off},
		"entra":                   {`{"op":"replace","path":"active","value":false}`, off},
		"entra, a list":           {`{"op":"Add","path":"active","value":[{"value":"False"}]}`, off},
		"okta, without a path":    {`{"op":"replace","value":{"active":false}}`, off},
		"okta, with the id":       {`{"op":"replace","value":{"id":"x","active":false}}`, off},
		"whole path":              {`{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User:active","value":false}`, off},
		"entra, paths as names":   {`{"op":"Replace","value":{"name.familyName":"Souza","displayName":"Ana Souza","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department":"X"}}`, named},
		"entra, several":          {`{"op":"Add","path":"name.familyName","value":"Souza"},{"op":"Replace","path":"displayName","value":"Ana Souza"}`, named},
		"name as an object":       {`{"op":"replace","path":"name","value":{"familyName":"Souza"}},{"op":"replace","path":"displayName","value":"Ana Souza"}`, named},
		"entra, e-mail by type":   {`{"op":"Replace","path":"emails[type eq \"work\"].value","value":"a@example.org"}`, other},
		"e-mail by type, no path": {`{"op":"Replace","value":{"emails[type eq \"work\"].value":"a@example.org"}}`, other},
		"e-mails whole":           {`{"op":"replace","path":"emails","value":[{"value":"a@example.org","type":"work","primary":true}]}`, other},
		"removed":                 {`{"op":"Remove","path":"emails[type eq \"work\"].value"},{"op":"remove","path":"externalId"}`, bare},
		"what is not kept": {`{"op":"Add","path":"phoneNumbers[type eq \"mobile\"].value","value":"1"},{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":{"value":"x"}},
			{"op":"Add","path":"addresses[type eq \"work\"].formatted","value":"x"},{"op":"Replace","path":"title","value":"x"}`, ana},
	} {
		ops, err := Patch(object(t, patch(c.ops)))
		if err != nil {
			t.Errorf("%s: %v", note, err)
			continue
		}
		before := ana
		before.Emails = append([]Email{}, ana.Emails...)
		got, err := PatchUser(before, ops)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v", note, got, err)
		}
		if !reflect.DeepEqual(before, ana) {
			t.Fatalf("%s changed what it was given", note)
		}
	}
}

func TestPatchGroupAsItIsSent(t *testing.T) {
	name := "Platform"
	for note, c := range map[string]struct {
		ops  string
		want []Members
		name *string
	}{
		"entra adds":              {`{"op":"Add","path":"members","value":[{"value":"u1"},{"value":"u2"}]}`, []Members{{Join, []string{"u1", "u2"}}}, nil},
		"entra removes one":       {`{"op":"Remove","path":"members","value":[{"$ref":null,"value":"u1"}]}`, []Members{{Leave, []string{"u1"}}}, nil},
		"by the RFC":              {`{"op":"remove","path":"members[value eq \"u1\"]"}`, []Members{{Leave, []string{"u1"}}}, nil},
		"all, by the RFC":         {`{"op":"remove","path":"members"}`, []Members{{Only, []string{}}}, nil},
		"okta renames":            {`{"op":"replace","value":{"id":"g","displayName":"Platform"}}`, nil, &name},
		"okta replaces":           {`{"op":"replace","path":"members","value":[{"value":"u1","display":"x"}]}`, []Members{{Only, []string{"u1"}}}, nil},
		"okta, both":              {`{"op":"remove","path":"members[value eq \"u1\"]"},{"op":"add","path":"members","value":[{"value":"u2"}]}`, []Members{{Leave, []string{"u1"}}, {Join, []string{"u2"}}}, nil},
		"one, not a list":         {`{"op":"add","path":"members","value":{"value":"u1","type":"User"}}`, []Members{{Join, []string{"u1"}}}, nil},
		"without a path":          {`{"op":"Add","value":{"members":[{"value":"u1"}]}}`, []Members{{Join, []string{"u1"}}}, nil},
		"removes an empty list":   {`{"op":"Remove","path":"members","value":[]}`, []Members{{Leave, []string{}}}, nil},
		"entra renames, old name": {`{"op":"Replace","path":"displayName","value":"Platform"}`, nil, &name},
	} {
		ops, err := Patch(object(t, patch(c.ops)))
		if err != nil {
			t.Errorf("%s: %v", note, err)
			continue
		}
		got, err := PatchGroup(ops)
		if err != nil || !reflect.DeepEqual(got.Members, c.want) || !reflect.DeepEqual(got.DisplayName, c.name) {
			t.Errorf("%s: %+v, %v", note, got, err)
		}
	}
}

func TestFilters(t *testing.T) {
	for text, want := range map[string][]Term{
		`userName eq "Ana@Example.org"`: {{Attr: ByUserName, Text: "Ana@Example.org"}},
		`USERNAME EQ "x"`:               {{Attr: ByUserName, Text: "x"}},
		`externalId eq "00u1"`:          {{Attr: ByExternalID, Text: "00u1"}},
		`urn:ietf:params:scim:schemas:core:2.0:User:userName eq "x"`: {{Attr: ByUserName, Text: "x"}},
		`emails[type eq "work"].value eq "a@b.c"`:                    {{Attr: ByEmail, Text: "a@b.c"}},
		`emails.value eq "a@b.c"`:                                    {{Attr: ByEmail, Text: "a@b.c"}},
		`emails[type eq "work" and value eq "a@b.c"]`:                {{Attr: ByEmail, Text: "a@b.c"}},
		`active eq true and userName eq "x"`:                         {{Attr: ByActive, Yes: true}, {Attr: ByUserName, Text: "x"}},
		`active eq "False"`:                                          {{Attr: ByActive}},
		`userName eq "a\"b\\c"`:                                      {{Attr: ByUserName, Text: `a"b\c`}},
		`(userName eq "x")`:                                          {{Attr: ByUserName, Text: "x"}},
		`userName eq "O'Brien'; DROP TABLE scim_user; --"`:           {{Attr: ByUserName, Text: "O'Brien'; DROP TABLE scim_user; --"}}, // a value is a value
		`id eq "019" and externalId eq "x"`:                          {{Attr: ByID, Text: "019"}, {Attr: ByExternalID, Text: "x"}},
	} {
		if got, err := UserFilter(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for text, want := range map[string][]Term{
		`displayName eq "Platform"`:    {{Attr: ByName, Text: "Platform"}},
		`id eq "g" and members eq "u"`: {{Attr: ByID, Text: "g"}, {Attr: ByMember, Text: "u"}}, // Entra asks who is in a group one by one
		`members[value eq "u"]`:        {{Attr: ByMember, Text: "u"}},
		`members.value eq "u"`:         {{Attr: ByMember, Text: "u"}},
		`externalId eq "x"`:            {{Attr: ByExternalID, Text: "x"}},
	} {
		if got, err := GroupFilter(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}

// refused wants one clear error: Invalid, with the word of RFC 7644, one line that
// does not repeat a long input.
func refused(t *testing.T, note string, err error, kind string) {
	t.Helper()
	e, _ := err.(*core.Error)
	if e == nil || e.Code != core.Invalid || e.Field != kind || len(e.Msg) > 300 || strings.ContainsAny(e.Msg, "\n\r") {
		t.Errorf("%s: %v, want %s", note, err, kind)
	}
}

func TestHostileFilters(t *testing.T) {
	for note, text := range map[string]string{
		"empty": ``, "spaces": `   `, "present": `userName pr`, "contains": `userName co "a"`, "starts": `userName sw "a"`, "ends": `userName ew "a"`, "not equal": `userName ne "a"`,
		"greater": `meta.lastModified gt "2020-01-01T00:00:00Z"`, "less": `userName lt "b"`, "or": `userName eq "a" or userName eq "b"`, "not": `not (userName eq "a")`,
		"unknown attribute": `salary eq "1"`, "password": `password eq "x"`, "another schema": `urn:x:y:2.0:User:userName eq "x"`, "sub-attribute": `userName.x eq "y"`,
		"no value": `userName eq`, "no quotes": `userName eq ana`, "one quote": `userName eq "ana`, "null": `userName eq null`, "number": `userName eq 1`, "huge number": `userName eq 1e999999`,
		"true for text": `userName eq true`, "text for true": `active eq "maybe"`, "SQL": `userName eq "x" OR 1=1`, "SQL comment": `userName eq "x"; DROP TABLE person; --`,
		"union": `1=1 UNION SELECT`, "LDAP": `(&(userName=*)(objectClass=*))`, "regexp": `userName eq /.*/`, "script": `<script>alert(1)</script>`, "template": `{{7*7}}`,
		"NUL": "userName eq \"a\x00b\"", "line": "userName eq \"a\nb\"", "escape": `userName eq "\u0000"`, "bad escape": `userName eq "\q"`, "not UTF-8": "userName eq \"\xff\"",
		"deep": strings.Repeat("(", 200) + `userName eq "a"` + strings.Repeat(")", 200), "deep without end": strings.Repeat("(", 1000), "brackets": strings.Repeat("emails[", 100),
		"long": `userName eq "` + strings.Repeat("a", 2000) + `"`, "many": strings.TrimSuffix(strings.Repeat(`userName eq "a" and `, 40), " and "), "only a type": `emails[type eq "work"]`,
		"trailing": `userName eq "a" and`, "two": `userName eq "a" externalId eq "b"`, "value path of nothing": `emails[]`, "right to left": "\u202euserName eq \"a\"", "manager": `id eq "x" and manager eq "y"`,
		"long text": `userName eq "` + strings.Repeat("b", 300) + `"`,
	} {
		_, err := UserFilter(text)
		refused(t, note, err, InvalidFilter)
		_, err = GroupFilter(text)
		refused(t, note+" of groups", err, InvalidFilter)
	}
}

func TestHostileBodies(t *testing.T) {
	user := func(rest string) string { return `{"schemas":["` + UserSchema + `"],` + rest + `}` }
	long := strings.Repeat("a", 300)
	for note, c := range map[string]struct{ body, kind string }{
		"empty": {``, InvalidSyntax}, "half": {`{"a":`, InvalidSyntax}, "a list": {`[]`, InvalidSyntax}, "two objects": {`{}{}`, InvalidSyntax}, "not UTF-8": {"{\"a\":\"\xff\"}", InvalidSyntax},
		"a name twice": {user(`"userName":"a","userName":"b"`), InvalidSyntax}, "twice in another case": {user(`"active":true,"Active":false`), InvalidSyntax},
		"twice deep": {user(`"userName":"a","name":{"givenName":"a","GIVENNAME":"b"}`), InvalidSyntax}, "deep": {strings.Repeat(`{"a":`, 100000), InvalidSyntax}, "deep lists": {`{"a":` + strings.Repeat(`[`, 100000), InvalidSyntax},
		"no schemas": {`{"userName":"a"}`, InvalidSyntax}, "other schemas": {`{"schemas":["x"],"userName":"a"}`, InvalidSyntax}, "schemas as text": {`{"schemas":"` + UserSchema + `","userName":"a"}`, InvalidSyntax},
		"no user name": {user(`"active":true`), InvalidValue}, "empty user name": {user(`"userName":"  "`), InvalidValue}, "user name null": {user(`"userName":null`), InvalidValue}, "user name a number": {user(`"userName":1`), InvalidValue},
		"user name a list": {user(`"userName":["a"]`), InvalidValue}, "user name long": {user(`"userName":"` + long + `"`), InvalidValue}, "control": {user(`"userName":"a\u0000b"`), InvalidValue}, "line break": {user(`"userName":"a\nb"`), InvalidValue},
		"right to left": {user(`"userName":"a\u202eb"`), InvalidValue}, "active a number": {user(`"userName":"a","active":1`), InvalidValue}, "active null": {user(`"userName":"a","active":null`), InvalidValue}, "active yes": {user(`"userName":"a","active":"yes"`), InvalidValue},
		"active two": {user(`"userName":"a","active":[true,false]`), InvalidValue}, "name as text": {user(`"userName":"a","name":"Ana"`), InvalidValue}, "emails as text": {user(`"userName":"a","emails":"a@b.c"`), InvalidValue},
		"emails of text": {user(`"userName":"a","emails":["a@b.c"]`), InvalidValue}, "an empty e-mail": {user(`"userName":"a","emails":[{"value":""}]`), InvalidValue}, "many emails": {user(`"userName":"a","emails":[` + strings.TrimSuffix(strings.Repeat(`{"value":"a"},`, 1000), ",") + `]`), InvalidValue},
		"unknown attribute": {user(`"userName":"a","isAdmin":true`), InvalidPath}, "nameless": {user(`"userName":"a","":1`), InvalidPath}, "unknown part": {user(`"userName":"a","name":{"rank":"x"}`), InvalidPath}, "prototype": {user(`"userName":"a","__proto__":{}`), InvalidPath},
	} {
		o, err := Decode([]byte(c.body))
		if err == nil {
			_, err = ReadUser(o, true)
		}
		refused(t, note, err, c.kind)
	}
	many := `{"value":"u"}` + strings.Repeat(`,{"value":"u"}`, 100000)
	for note, c := range map[string]struct{ body, kind string }{
		"no name": {`{"schemas":["` + GroupSchema + `"]}`, InvalidValue}, "empty name": {`{"schemas":["` + GroupSchema + `"],"displayName":""}`, InvalidValue}, "roles": {`{"schemas":["` + GroupSchema + `"],"displayName":"a","roles":["platform"]}`, InvalidPath},
		"100,001 members": {`{"schemas":["` + GroupSchema + `"],"displayName":"a","members":[` + many + `]}`, TooMany}, "members as text": {`{"schemas":["` + GroupSchema + `"],"displayName":"a","members":"u"}`, InvalidValue},
		"members of text": {`{"schemas":["` + GroupSchema + `"],"displayName":"a","members":["u"]}`, InvalidValue}, "a member without value": {`{"schemas":["` + GroupSchema + `"],"displayName":"a","members":[{}]}`, InvalidValue},
		"a group in a group": {`{"schemas":["` + GroupSchema + `"],"displayName":"a","members":[{"value":"g","type":"Group"}]}`, InvalidValue},
	} {
		o, err := Decode([]byte(c.body))
		if err == nil {
			_, err = ReadGroup(o)
		}
		refused(t, note, err, c.kind)
	}
}

func TestHostilePatches(t *testing.T) {
	for note, c := range map[string]struct{ ops, kind string }{
		"none": {``, InvalidSyntax}, "unknown": {`{"op":"move","path":"active","value":true}`, InvalidSyntax}, "no op": {`{"path":"active","value":true}`, InvalidSyntax}, "op a number": {`{"op":1}`, InvalidSyntax}, "not an object": {`1`, InvalidSyntax},
		"remove everything": {`{"op":"remove"}`, NoTarget}, "no value": {`{"op":"replace","path":"active"}`, InvalidValue}, "no path, no object": {`{"op":"replace","value":true}`, InvalidValue}, "path a list": {`{"op":"replace","path":["active"],"value":true}`, InvalidPath},
		"unknown path": {`{"op":"replace","path":"isAdmin","value":true}`, InvalidPath}, "unreadable": {`{"op":"replace","path":"][","value":true}`, InvalidPath}, "JSON pointer": {`{"op":"replace","path":"/active","value":true}`, InvalidPath},
		"deep path": {`{"op":"replace","path":"` + strings.Repeat("a[", 20) + `","value":true}`, InvalidPath}, "long path": {`{"op":"replace","path":"` + strings.Repeat("a", 600) + `","value":true}`, InvalidPath}, "the id": {`{"op":"replace","path":"id","value":"x"}`, Mutability},
		"the groups": {`{"op":"add","path":"groups","value":[{"value":"platform"}]}`, Mutability}, "meta": {`{"op":"replace","path":"meta.created","value":"x"}`, Mutability}, "remove the name": {`{"op":"remove","path":"userName"}`, Mutability}, "remove active": {`{"op":"remove","path":"active"}`, Mutability},
		"empty the name": {`{"op":"replace","path":"userName","value":""}`, InvalidValue}, "active none": {`{"op":"replace","path":"active","value":null}`, InvalidValue}, "several e-mails": {`{"op":"replace","path":"emails[primary eq true].value","value":"x"}`, InvalidPath},
		"any of emails": {`{"op":"replace","path":"emails.value","value":"x"}`, InvalidPath}, "many": {strings.TrimSuffix(strings.Repeat(`{"op":"add","path":"title","value":"x"},`, MaxOperations+1), ","), TooMany},
	} {
		ops, err := Patch(object(t, patch(c.ops)))
		if err == nil {
			_, err = PatchUser(ana, ops)
		}
		refused(t, note, err, c.kind)
	}
	for note, c := range map[string]struct{ ops, kind string }{
		"by name": {`{"op":"remove","path":"members[display eq \"Ana\"]"}`, InvalidPath}, "all but": {`{"op":"remove","path":"members[value ne \"u\"]"}`, InvalidPath}, "two": {`{"op":"remove","path":"members[value eq \"u\" or value eq \"v\"]"}`, InvalidPath},
		"a part": {`{"op":"remove","path":"members.value"}`, InvalidPath}, "change one": {`{"op":"replace","path":"members[value eq \"u\"].display","value":"x"}`, InvalidPath}, "name gone": {`{"op":"remove","path":"displayName"}`, Mutability},
		"name empty": {`{"op":"replace","path":"displayName","value":" "}`, InvalidValue}, "value a number": {`{"op":"remove","path":"members","value":1}`, InvalidValue}, "value false": {`{"op":"remove","path":"members","value":false}`, InvalidValue},
		"many in several": {strings.TrimSuffix(strings.Repeat(`{"op":"add","path":"members","value":[`+strings.TrimSuffix(strings.Repeat(`{"value":"u"},`, 600), ",")+`]},`, 20), ","), TooMany},
	} {
		ops, err := Patch(object(t, patch(c.ops)))
		if err == nil {
			_, err = PatchGroup(ops)
		}
		refused(t, note, err, c.kind)
	}
}

func TestWhatIsAnswered(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	meta := Meta{ID: "u1", Location: "https://p/Users/u1", Created: at, Modified: at}
	show := func(attributes, excluded string) string {
		s, err := ReadShape(attributes, excluded)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := json.Marshal(WriteUser(ana, meta, s))
		return string(b)
	}
	if got, want := show("", ""), `{"active":true,"displayName":"Ana Lima","emails":[{"primary":true,"type":"work","value":"ana@example.org"}],"externalId":"oid-1","id":"u1",`+
		`"meta":{"created":"2026-03-02T09:00:00Z","lastModified":"2026-03-02T09:00:00Z","location":"https://p/Users/u1","resourceType":"User"},"name":{"familyName":"Lima","givenName":"Ana"},`+
		`"schemas":["`+UserSchema+`"],"userName":"ana@example.org"}`; got != want {
		t.Errorf("%s", got)
	}
	for _, c := range [][3]string{
		{"userName,emails.value", "", `{"emails":[{"primary":true,"type":"work","value":"ana@example.org"}],"id":"u1","schemas":["` + UserSchema + `"],"userName":"ana@example.org"}`},
		{"", "meta,name,emails,externalId,displayName", `{"active":true,"id":"u1","schemas":["` + UserSchema + `"],"userName":"ana@example.org"}`},
		{"nothing", "", `{"id":"u1","schemas":["` + UserSchema + `"]}`},
	} {
		if got := show(c[0], c[1]); got != c[2] {
			t.Errorf("%v: %s", c, got)
		}
	}
	_, err := ReadShape("a", "b")
	refused(t, "both", err, InvalidValue)
	g, _ := json.Marshal(WriteGroup(Group{DisplayName: "Platform"}, nil, meta, Shape{but: []string{"meta"}}))
	if want := `{"displayName":"Platform","id":"u1","members":[],"schemas":["` + GroupSchema + `"]}`; string(g) != want {
		t.Errorf("%s", g)
	}
}

func TestMail(t *testing.T) {
	for want, u := range map[string]User{
		"p@x": {UserName: "u@x", Emails: []Email{{Value: "w@x", Type: "work"}, {Value: "p@x", Primary: true}}},
		"w@x": {UserName: "u@x", Emails: []Email{{Value: "h@x", Type: "home"}, {Value: "w@x", Type: "work"}}},
		"h@x": {UserName: "u@x", Emails: []Email{{Value: "h@x", Type: "home"}}},
		"u@x": {UserName: "u@x"},
		"":    {UserName: "u"},
	} {
		if got := u.Mail(); got != want {
			t.Errorf("%+v: %q, want %q", u, got, want)
		}
	}
}

func FuzzFilter(f *testing.F) {
	for _, s := range []string{`userName eq "a"`, `emails[type eq "work"].value eq "x"`, `id eq "g" and members eq "u"`, `((a pr))`, `not (a eq 1.5e3)`, `a[b eq "c" and d pr]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, parse := range []func(string) ([]Term, error){UserFilter, GroupFilter} {
			terms, err := parse(text)
			if err == nil && (len(terms) == 0 || len(terms) > maxTerms || len(text) > maxFilter) {
				t.Errorf("%q: %+v", text, terms)
			}
			if e, ok := err.(*core.Error); err != nil && (!ok || e.Field != InvalidFilter) {
				t.Errorf("%q: %v", text, err)
			}
		}
	})
}

func FuzzBody(f *testing.F) {
	for _, s := range []string{`{"op":"Remove","path":"members","value":[{"value":"u"}]}`, `{"op":"replace","value":{"name.givenName":"x","emails[type eq \"work\"].value":"y"}}`, `{"op":"add","path":"emails[type eq \"home\"]","value":{"value":"z"}}`} {
		f.Add(patch(s))
	}
	f.Add(fmt.Sprintf(`{"schemas":[%q],"userName":"a","emails":[{"value":"b"}],"name":{"formatted":"c"}}`, UserSchema))
	f.Fuzz(func(t *testing.T, text string) {
		o, err := Decode([]byte(text))
		if err != nil {
			return
		}
		if u, err := ReadUser(o, true); err == nil && (u.UserName == "" || len(u.Emails) > maxEmails || len(u.DisplayName) > maxText) {
			t.Errorf("%+v", u)
		}
		_, _ = ReadGroup(o)
		ops, err := Patch(o)
		if err != nil {
			return
		}
		if u, err := PatchUser(ana, ops); err == nil && u.UserName == "" {
			t.Errorf("%+v", u)
		}
		_, _ = PatchGroup(ops)
	})
}
