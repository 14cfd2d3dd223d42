package pipelines

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// lookAlikes are characters that look like a hyphen and are none, as pages on
// the web put in their place.
const lookAlikes = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"

// noProse are those of them that nobody types on purpose.
const noProse = "\u2010\u2011\u2212"

// names are keys whose values are names to a machine.
var names = map[string]bool{"uses": true, "runs-on": true, "needs": true, "shell": true, "id": true, "image": true, "on": true, "environment": true, "extends": true, "stage": true, "local": true, "with": true}

var (
	keyPart    = regexp.MustCompile(`^\s*(?:[-` + lookAlikes + `]\s+)*["']?([\pL\pN_.` + lookAlikes + `-]+)["']?\s*:(?:\s|$)`)
	blockStart = regexp.MustCompile(`[:-]\s*[|>][+-]?[0-9]?[+-]?\s*(?:#.*)?$`)
)

// dashes reports each look-alike dash where it does harm, and returns the lines
// with true hyphens there. The text keeps its columns.
func (c *checker) dashes(f tree.File, lines []string) ([]string, bool) {
	if !strings.ContainsAny(string(f.Text), lookAlikes) {
		return lines, false
	}
	out, changed, block := make([]string, len(lines)), false, -1
	for i, line := range lines {
		out[i] = line
		depth := len(line) - len(strings.TrimLeft(line, " "))
		if block >= 0 && (strings.TrimSpace(line) == "" || depth > block) {
			continue // text of a script or a message
		}
		block = -1
		if blockStart.MatchString(line) {
			block = depth
		}
		if strings.ContainsAny(line, lookAlikes) {
			out[i] = c.dashLine(f, i+1, line)
			changed = changed || out[i] != line
		}
	}
	return out, changed
}

// dashLine mends one line, and reports what it mends.
func (c *checker) dashLine(f tree.File, n int, line string) string {
	runes := []rune(line)
	valueFrom, key := 0, ""
	if m := keyPart.FindStringSubmatchIndex(line); m != nil {
		key = strings.Map(hyphen, line[m[2]:m[3]])
		valueFrom = len([]rune(line[:m[3]]))
	} else if first := strings.TrimLeft(line, " "); first == "" || !strings.ContainsRune("-"+lookAlikes, []rune(first)[0]) {
		return line // neither a key nor an item: the rest of some text
	}
	for i, r := range runes {
		if r == '#' && i > 0 && unicode.IsSpace(runes[i-1]) {
			break
		}
		if !strings.ContainsRune(lookAlikes, r) {
			continue
		}
		in := i < valueFrom || names[key] || (valueFrom == 0 && inWord(runes, i)) || (key != "name" && key != "run" && key != "if" && key != "description" && strings.ContainsRune(noProse, r) && inWord(runes, i))
		code := "pipeline_dash"
		if !in {
			if !strings.ContainsRune(noProse, r) {
				continue
			}
			code = "pipeline_dash_text"
		}
		runes[i] = '-'
		at := findings.At{Path: f.Path, Line: n, Column: i + 1, Quote: f.Quote(n, i+1), Key: line + "\x00" + string(rune('0'+i%10)),
			Edits: []core.Edit{{Kind: core.EditReplace, Path: f.Path, Line: n, Column: i + 1, End: i + 2, Old: string(r), New: "-"}}}
		c.add(findings.New(code, at, "word", word(runes, i)))
	}
	return string(runes)
}

func hyphen(r rune) rune {
	if strings.ContainsRune(lookAlikes, r) {
		return '-'
	}
	return r
}

func inWord(runes []rune, i int) bool {
	return i > 0 && i+1 < len(runes) && wordRune(runes[i-1]) && wordRune(runes[i+1])
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// word returns the word around a place, with true hyphens.
func word(runes []rune, i int) string {
	from, to := i, i+1
	for from > 0 && (wordRune(runes[from-1]) || strings.ContainsRune("-_", hyphen(runes[from-1]))) {
		from--
	}
	for to < len(runes) && (wordRune(runes[to]) || strings.ContainsRune("-_", hyphen(runes[to]))) {
		to++
	}
	return strings.Map(hyphen, string(runes[from:to]))
}
