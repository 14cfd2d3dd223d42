package lint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

var instructions = strings.Fields("ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR")

var (
	aptInstall = regexp.MustCompile(`\bapt(?:-get)?\s+(?:-\S+\s+)*install\b([^&|;]*)`)
	aptYes     = regexp.MustCompile(`(^|\s)(-[a-zA-Z]*y[a-zA-Z]*|--yes|--assume-yes)(\s|$)`)
	heredoc    = regexp.MustCompile(`<<-?\s*["']?(\w+)["']?`)
)

// command is one instruction of a Dockerfile, its lines joined.
type command struct {
	word, rest string
	line       int
}

// dockerfile judges the recipe of an image.
func (s *styler) dockerfile(f tree.File) {
	cmds := commands(string(f.Text))
	from := false
	last := map[string]int{}
	alone := !hasWord(cmds, "CMD") || !hasWord(cmds, "ENTRYPOINT")
	for _, c := range cmds {
		up := strings.ToUpper(c.word)
		known := false
		for _, w := range instructions {
			known = known || w == up
		}
		switch {
		case !known:
			var at findings.At
			if near := core.Nearest(up, instructions); near != "" {
				at.Edits = []core.Edit{s.word(f, c, near)}
			}
			s.sayAt("docker_word_unknown", f, c.line, 1, at, "word", c.word)
			continue
		case up == "FROM":
			from, last = true, map[string]int{}
		case !from && up != "ARG":
			s.sayAt("docker_no_from", f, c.line, 1, findings.At{}, "word", up)
			from = true
		case up == "RUN":
			s.aptRun(f, c)
		case up == "CMD" || up == "ENTRYPOINT":
			s.start(f, c, up, last, alone)
		}
	}
}

func hasWord(cmds []command, word string) bool {
	return slices.ContainsFunc(cmds, func(c command) bool { return strings.EqualFold(c.word, word) })
}

// word is the edit that mends the first word of a line.
func (s *styler) word(f tree.File, c command, near string) core.Edit {
	line := string(f.Line(c.line))
	column := len([]rune(line)) - len([]rune(strings.TrimLeft(line, " \t"))) + 1
	return core.Edit{Kind: core.EditReplace, Path: f.Path, Line: c.line, Column: column, End: column + len([]rune(c.word)), Old: c.word, New: near}
}

func (s *styler) aptRun(f tree.File, c command) {
	if m := aptInstall.FindStringSubmatch(c.rest); m != nil && !aptYes.MatchString(m[0]) && !strings.Contains(c.rest, "yes |") && strings.TrimSpace(m[1]) != "" {
		s.sayAt("docker_apt_asks", f, c.line, 1, findings.At{Edits: yes(f, c)})
	}
	if strings.Contains(c.rest, "apt-get update") && !strings.Contains(c.rest, "install") && !strings.Contains(c.rest, "upgrade") {
		s.sayAt("docker_apt_stale", f, c.line, 1, findings.At{})
	}
}

// start judges how the app is started.
func (s *styler) start(f tree.File, c command, word string, last map[string]int, alone bool) {
	if last[word] > 0 {
		s.sayAt("docker_start_twice", f, last[word], 1, findings.At{Edits: startLost(f, last[word])}, "word", word)
	}
	last[word] = c.line
	if rest := strings.TrimSpace(c.rest); !strings.HasPrefix(rest, "[") && !strings.HasPrefix(rest, "exec ") && rest != "" {
		s.sayAt("docker_start_shell", f, c.line, 1, findings.At{Edits: inBrackets(f, c, alone)}, "word", word)
	}
}

// commands reads a Dockerfile: comments, joined lines, here-documents.
func commands(text string) []command {
	var out []command
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	escape := `\`
	for i := 0; i < len(lines); i++ {
		t := strings.TrimSpace(lines[i])
		if low := strings.ToLower(strings.ReplaceAll(t, " ", "")); low == "#escape=`" && len(out) == 0 {
			escape = "`"
		}
		if t == "" || strings.HasPrefix(t, "#") {
			continue
		}
		first := i
		for strings.HasSuffix(t, escape) && i+1 < len(lines) {
			i++
			next := strings.TrimSpace(lines[i])
			if strings.HasPrefix(next, "#") || next == "" {
				continue
			}
			t = strings.TrimSuffix(t, escape) + " " + next
		}
		word, rest, _ := strings.Cut(t, " ")
		if up := strings.ToUpper(word); up == "RUN" || up == "COPY" || up == "ADD" {
			i = skipHere(lines, i, rest)
		}
		out = append(out, command{word: word, rest: rest, line: first + 1})
	}
	return out
}

// skipHere returns the last line of the here-documents that a line begins.
func skipHere(lines []string, i int, rest string) int {
	for _, m := range heredoc.FindAllStringSubmatch(rest, 5) {
		for n := i + 1; n < len(lines); n++ {
			if strings.TrimSpace(lines[n]) == m[1] {
				i = n
				break
			}
		}
	}
	return i
}
