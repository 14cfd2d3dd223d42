package report

import (
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

// SARIF writes a report as SARIF 2.1.0. Every result has a file, because some
// readers refuse a whole log for one that has none; no result quotes a line,
// so that no secret can be in one. What could not be looked at is a
// notification, and the run counts as not successful.
func SARIF(w io.Writer, r core.Report) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{sarifOf(r)}})
}

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver sarifDriver `json:"driver"`
	} `json:"tool"`
	Invocations []sarifInvocation `json:"invocations"`
	ColumnKind  string            `json:"columnKind"`
	Results     []sarifResult     `json:"results"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               string         `json:"id"`
	ShortDescription sarifText      `json:"shortDescription"`
	FullDescription  sarifText      `json:"fullDescription"`
	Help             sarifText      `json:"help"`
	Default          sarifLevel     `json:"defaultConfiguration"`
	Properties       map[string]any `json:"properties"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifLevel struct {
	Level core.Severity `json:"level"`
}

type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
}

type sarifNotification struct {
	Level   core.Severity `json:"level"`
	Message sarifText     `json:"message"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Level        core.Severity     `json:"level"`
	Message      sarifText         `json:"message"`
	Locations    []sarifLocation   `json:"locations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Properties   map[string]any    `json:"properties"`
}

type sarifLocation struct {
	Physical struct {
		Artifact struct {
			URI       string `json:"uri"`
			URIBaseID string `json:"uriBaseId"`
		} `json:"artifactLocation"`
		Region *sarifRegion `json:"region,omitempty"`
	} `json:"physicalLocation"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
}

func sarifOf(r core.Report) sarifRun {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	name, version, _ := strings.Cut(r.Tool, " ")
	run.Tool.Driver = sarifDriver{Name: name, Version: version, Rules: []sarifRule{}}
	for _, f := range r.Findings {
		i := slices.IndexFunc(run.Tool.Driver.Rules, func(s sarifRule) bool { return s.ID == f.Code })
		if i < 0 {
			i = len(run.Tool.Driver.Rules)
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(f))
		}
		run.Results = append(run.Results, sarifResultOf(f, i))
	}
	inv := sarifInvocation{Successful: true}
	for _, c := range r.Checks {
		for _, why := range c.Incomplete {
			inv.Successful = false
			inv.Notifications = append(inv.Notifications, sarifNotification{core.Blocker, sarifText{c.Name + ": " + findings.Clean(why, 400)}})
		}
	}
	run.Invocations = []sarifInvocation{inv}
	return run
}

func sarifRuleOf(f core.Finding) sarifRule {
	level := core.Caution
	if t, ok := findings.Lookup(f.Code); ok {
		level = t.Severity
	} else if f.Blocking {
		level = core.Blocker
	}
	return sarifRule{ID: f.Code, ShortDescription: sarifText{title(f)}, FullDescription: sarifText{f.Why}, Help: sarifText{strings.Join(f.Fix, "\n")}, Default: sarifLevel{level}, Properties: map[string]any{"tags": []string{f.Check}}}
}

func sarifResultOf(f core.Finding, rule int) sarifResult {
	out := sarifResult{RuleID: f.Code, RuleIndex: rule, Level: f.Severity, Message: sarifText{f.What + " " + strings.Join(f.Fix, " ")},
		Fingerprints: map[string]string{"paddock/v1": f.Fingerprint}, Properties: map[string]any{"blocking": f.Blocking, "check": f.Check, "why": f.Why, "fix": f.Fix}}
	if f.Details != "" {
		out.Properties["details"] = f.Details
	}
	var l sarifLocation
	path := f.Path
	if path == "" {
		path = "microapp.yaml"
	}
	l.Physical.Artifact.URI, l.Physical.Artifact.URIBaseID = (&url.URL{Path: path}).String(), "%SRCROOT%"
	if f.Line > 0 {
		l.Physical.Region = &sarifRegion{f.Line, f.Column}
	}
	out.Locations = []sarifLocation{l}
	return out
}
