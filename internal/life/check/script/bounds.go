package script

import (
	"bytes"
	"fmt"
)

// A parser calls itself for each level of nesting, so a hostile script of one
// kind of sign can use up the stack, which ends the process, or take cubic
// time (nested arrow functions). How deep a script nests is known only after
// parsing it; but it cannot nest deeper than the number of signs that can
// open a level. So these are counted first. The limits were measured: at each
// of them alone, parsing takes less than about 7 seconds and 300 MB.
const (
	maxSize   = 1_000_000 // bytes
	maxArrows = 1_000     // "=>"
	maxAngles = 3_000     // "<"
	maxCommas = 20_000
	maxLevels = 30_000 // all signs and words that can open a level
)

var levelWords = []string{"typeof", "await", "new", "void", "delete", "yield", "keyof", "infer", "readonly", "unique", "do", "else", "extends", "declare", "abstract", "async"}

// tooComplex says why a script is not safe to parse, or nothing.
func tooComplex(text []byte) string {
	if len(text) > maxSize {
		return fmt.Sprintf("it is larger than %d kB", maxSize/1000)
	}
	var count [256]int
	for _, c := range text {
		count[c]++
	}
	levels := 0
	for _, c := range []byte("([{!~+-=?:.*&@") {
		levels += count[c]
	}
	for _, w := range levelWords {
		levels += bytes.Count(text, []byte(w))
	}
	arrows := bytes.Count(text, []byte("=>"))
	if levels > maxLevels || count['<'] > maxAngles || count[','] > maxCommas || arrows > maxArrows {
		return "it is too large or too complex to read safely; split it into smaller files"
	}
	return ""
}
