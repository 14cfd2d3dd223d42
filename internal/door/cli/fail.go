package cli

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/paddock-dev/paddock/internal/core"
)

// exitCode ends a command whose output is complete.
type exitCode int

// Error implements error.
func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// fail prints an error, if there is one, and returns its exit code.
func fail(std IO, err error) int {
	if err == nil {
		return 0
	}
	var code exitCode
	if errors.As(err, &code) {
		return int(code) // the command has said all there is to say
	}
	e := core.AsError(err)
	fmt.Fprintf(std.Err, "paddock: %s\n", e.Error())
	if e.Code == core.Internal && e.Err != nil {
		fmt.Fprintf(std.Err, "  cause: %v\n", e.Err)
	}
	return core.OutcomeOf(e.Code).Exit
}

// misuse reports words that the grammar does not know, or a configuration file
// that cannot be read, and returns the exit code.
func misuse(std IO, err error) int {
	var parse *kong.ParseError
	if !errors.As(err, &parse) || parse.Context == nil {
		fmt.Fprintf(std.Err, "paddock: %s\nTry: paddock --help\n", sentence(err))
		return 2
	}
	var known *core.Error
	if errors.As(err, &known) {
		return end(std, parse.Context, known)
	}
	node, text := parse.Context.Model.Node, sentence(err)
	if at := parse.Context.Selected(); at != nil {
		node = at
	}
	if words := commandsOf(node); strings.HasPrefix(text, "expected") && len(words) > 0 {
		text = "A command is missing. It is one of: " + strings.Join(words, ", ") + "."
	}
	fmt.Fprintf(std.Err, "paddock: %s\nTry: %s --help\n", text, node.FullPath())
	return 2
}

// commandsOf lists the commands below a node.
func commandsOf(n *kong.Node) []string {
	var words []string
	for _, c := range n.Children {
		if c.Type == kong.CommandNode && !c.Hidden {
			words = append(words, c.Name)
		}
	}
	return words
}

// badChoice is kong's message about a value outside of a flag's list.
var badChoice = regexp.MustCompile(`^(\S+) must be one of (.*) but got "(.*)"$`)

// sentence turns kong's message into one sentence, with a guess where there is
// a near word.
func sentence(err error) string {
	s := strings.TrimRight(err.Error(), ".?")
	if i := strings.Index(s, ", did you mean "); i >= 0 {
		return s[:i] + ". Did you mean " + s[i+len(", did you mean "):] + "?"
	}
	m := badChoice.FindStringSubmatch(s)
	if m == nil {
		return strings.Replace(s, `expected "<`, `missing: "<`, 1) + "."
	}
	var choices []string
	for c := range strings.SplitSeq(m[2], ",") {
		choices = append(choices, strings.Trim(c, `"`))
	}
	return strings.TrimSpace(fmt.Sprintf("%s is %q, but must be one of: %s. %s", m[1], m[3], strings.Join(choices, ", "), core.DidYouMean(m[3], choices)))
}
