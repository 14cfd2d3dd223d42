package report

import (
	"encoding/xml"
	"io"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

// JUnit writes a report as JUnit's XML: a suite for each check. A finding that
// blocks is a failure, what could not be looked at is an error, and everything
// else is in the output of a test that passed. There are no times in it.
func JUnit(w io.Writer, r core.Report) error {
	all := junitSuites{Name: "paddock"}
	for _, c := range suites(r) {
		s := junitSuite{Name: findings.Clean(c.Name, 60)}
		for _, f := range r.Findings {
			if f.Check == c.Name {
				s.Cases = append(s.Cases, junitOf(f))
			}
		}
		for _, why := range c.Incomplete {
			s.Cases = append(s.Cases, junitCase{Name: "not looked at", Class: "paddock." + s.Name, Error: &junitFault{Message: findings.Clean(why, 400), Type: "incomplete"}})
		}
		if len(s.Cases) == 0 {
			s.Cases = []junitCase{{Name: "nothing found", Class: "paddock." + s.Name, Out: findings.Clean(lookedAt(c), 400)}}
		}
		for _, one := range s.Cases {
			s.Tests++
			if one.Failure != nil {
				s.Failures++
			}
			if one.Error != nil {
				s.Errors++
			}
		}
		all.Tests, all.Failures, all.Errors = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors
		all.Suites = append(all.Suites, s)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// suites are the checks, and those of findings that no check of the report has.
func suites(r core.Report) []core.CheckResult {
	out := slices.Clone(r.Checks)
	for _, f := range r.Findings {
		if !slices.ContainsFunc(out, func(c core.CheckResult) bool { return c.Name == f.Check }) {
			out = append(out, core.CheckResult{Name: f.Check})
		}
	}
	return out
}

func junitOf(f core.Finding) junitCase {
	c := junitCase{Name: strings.TrimSpace(f.Code + " " + place(f)), Class: "paddock." + f.Check, File: findings.Clean(f.Path, 200), Line: f.Line}
	text := said(f)
	if f.Blocking {
		c.Failure = &junitFault{Message: f.What, Type: f.Code, Text: text}
	} else {
		c.Out = text
	}
	return c
}

// said is all that a finding says, a line for each part.
func said(f core.Finding) string {
	lines := []string{f.What, "Why: " + f.Why}
	for _, step := range f.Fix {
		lines = append(lines, "Fix: "+step)
	}
	return findings.CleanLines(strings.Join(lines, "\n"), 4000)
}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string      `xml:"name,attr"`
	Class   string      `xml:"classname,attr"`
	File    string      `xml:"file,attr,omitempty"`
	Line    int         `xml:"line,attr,omitempty"`
	Failure *junitFault `xml:"failure,omitempty"`
	Error   *junitFault `xml:"error,omitempty"`
	Out     string      `xml:"system-out,omitempty"`
}

type junitFault struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}
