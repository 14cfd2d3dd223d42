package dependencies

import "strings"

// spelt writes a name without the marks between its words, and with one letter
// for those that look alike. A name's path and scope stay.
func spelt(name string) string {
	return strings.NewReplacer("-", "", "_", "", ".", "", "0", "o", "1", "l", "rn", "m", "vv", "w").Replace(strings.ToLower(name))
}

// slips returns the names of which this one is a slip of the hand: two letters
// swapped, a letter left out, twice or too much, or the key beside it struck.
// The first letter is taken to be right: "preact" is no slip for "react".
func slips(name string) []string {
	var out []string
	b := []byte(name)
	for i := 1; i < len(b); i++ {
		if i+1 < len(b) && b[i] != b[i+1] { // swapped
			out = append(out, name[:i]+string([]byte{b[i+1], b[i]})+name[i+2:])
		}
		if b[i] == b[i-1] { // twice
			out = append(out, name[:i]+name[i+1:])
		}
		for c := byte('a'); c <= 'z'; c++ {
			if near(b[i], c) { // the key beside it
				out = append(out, name[:i]+string(c)+name[i+1:])
			}
			out = append(out, name[:i]+string(c)+name[i:]) // left out
		}
	}
	return out
}

// near reports whether two letters are neighbours on a keyboard.
func near(a, b byte) bool {
	return a != b && (strings.Contains(keys, string([]byte{a, b})) || strings.Contains(keys, string([]byte{b, a})))
}

// keys are the rows of a keyboard.
const keys = "qwertyuiop asdfghjkl zxcvbnm"
