package judge

import "testing"

func FuzzValue(f *testing.F) {
	f.Add("dbPassword", "Summer2025!", true)
	f.Add("API_KEY", "${X}", false)
	f.Add("passwordField", "$6$x", false)
	f.Fuzz(func(t *testing.T, name, value string, code bool) {
		Names(name, value)
		for _, store := range []bool{true, false} {
			Value(value, Place{Name: name, Kind: Name(name), Code: code, Store: store, Quoted: true, Near: true})
			Value(value, Place{Name: name, Kind: Password, Code: code, Store: store})
			Value(value, Place{Name: name, Kind: Key, Code: code, Store: store})
		}
	})
}
