package format

import "testing"

// bounds fails on a value that does not lie in the text.
func bounds(t *testing.T, text string, v Value) {
	t.Helper()
	if v.From < 0 || v.To < v.From || v.To > len(text) {
		t.Errorf("%+v in a text of %d bytes", v, len(text))
	}
}

func FuzzNamed(f *testing.F) {
	for c, text := range map[Class]string{
		Env: "export DB_PASSWORD='x y' # z", Ini: "[a]\npassword = x ; y", Words: "machine a login b password c", JSON: `{"password" : "a\"b",`, YAML: "a: {password: x, b: 'y'}\n- name: PASSWORD\n  value: z",
		XML: `<a password="b"/><add key="Password" value="c"/><key>password</key><string>x</string><Pass encoding="base64">eA==</Pass>`, PHP: `define('DB_PASSWORD', "x"); $a['password'] = 'y';`, Code: "const password: string = `x`", Shell: "export PASSWORD=$X", Docker: "ENV PASSWORD x", SQL: "x", HCL: `password = "x"`,
	} {
		f.Add(int(c), text, 3)
	}
	f.Fuzz(func(t *testing.T, class int, text string, at int) {
		if at < 0 || at >= len(text) {
			return
		}
		c := Class(uint(class) % uint(Prose+1))
		if v, next, ok := Named(c, text, at); ok {
			bounds(t, text, v)
			if next < at {
				t.Errorf("goes back from %d to %d", at, next)
			}
		}
		if v, ok := Pair(c, text, at); ok {
			bounds(t, text, v)
		}
		if v, _, ok := Connection(text, at); ok {
			bounds(t, text, v)
		}
		Near(text, at)
	})
}

func FuzzLines(f *testing.F) {
	for s, text := range map[Store]string{Netrc: "machine a login b password c", PGPass: `a\:b:1:c:d:e`, Passwd: "root:$6$abc$def:1:0", URLs: "https://a:b!#@c@github.com", Firefox: `"encryptedPassword": "MDoEEPgAAAAAAAAAAAAAAAAAAAE"`, WholeKey: "3ebf21f8e5d1ab86b27a720842c3bb56\n"} {
		f.Add(int(s), text)
	}
	f.Fuzz(func(t *testing.T, store int, text string) {
		for _, v := range Store(uint(store) % uint(WordPress+1)).Lines(text) {
			bounds(t, text, v)
		}
	})
}

func FuzzSQL(f *testing.F) {
	f.Add("CREATE TABLE `u` (\n `id` int,\n `password` varchar(60)\n);\nINSERT INTO u VALUES (1,'a''b'),(2,'c\\'d');")
	f.Add("\nCOPY u (id, password) FROM stdin;\n1\tabc\n\\.\n")
	f.Add("insert into t (password) values ((('x'")
	f.Fuzz(func(t *testing.T, text string) {
		for _, v := range SQLRows(text, func(string) bool { return true }) {
			bounds(t, text, v)
		}
	})
}

func FuzzSpecial(f *testing.F) {
	f.Add("Authorization: Basic dXNlcjpwYXNz", 15)
	f.Add(`{"kty":"RSA","d":"abcdefghijklmnopqrstuvwxyz"}`, 2)
	f.Add("PuTTY-User-Key-File-2: x\nPrivate-Lines: 1\nAAAA\nPrivate-MAC: y", 25)
	f.Add("create user a identified by 'x'", 14)
	f.Add("conn.login('a@b', 'c')", 10)
	f.Add("kind: Secret\nstringData:\n  a: b\n", 0)
	f.Fuzz(func(t *testing.T, text string, at int) {
		if at < 0 || at >= len(text) {
			return
		}
		if v, _, ok := Basic(text+"basic ", len(text)); ok {
			bounds(t, text+"basic ", v)
		}
		if at+6 <= len(text) {
			if v, _, ok := Basic(text, at); ok {
				bounds(t, text, v)
			}
		}
		if v, ok := JWK(text, at); ok {
			bounds(t, text, v)
		}
		if v, ok := PuTTY(text, at); ok {
			bounds(t, text, v)
		}
		if v, ok := IdentifiedBy("identified by "+text, 0); ok {
			bounds(t, "identified by "+text, v)
		}
		if _, v, ok := SignIn(text, at); ok {
			bounds(t, text, v)
		}
		values, _, _ := KubernetesSecret(text, at)
		for _, v := range values {
			bounds(t, text, v)
		}
	})
}

func FuzzClassOf(f *testing.F) {
	f.Add("a.conf", "<?xml")
	f.Add("x", "A=1\nB=2")
	f.Fuzz(func(t *testing.T, name, text string) {
		ClassOf(name, text)
		StoreOf(name)
	})
}
