package syntax

import (
	"bytes"
	"path"
	"strings"
)

// Lang is a language that can be parsed.
type Lang uint8

// The languages. None stands for a file that is none of them.
const (
	None Lang = iota
	JavaScript
	TypeScript
	TSX
	Python
	Go
	Bash
	SQL
	Dockerfile
	HTML
	HCL
	YAML
	langs
)

var langNames = [langs]string{"", "javascript", "typescript", "tsx", "python", "go", "bash", "sql", "dockerfile", "html", "hcl", "yaml"}

// String returns the language's name in lower case.
func (l Lang) String() string {
	if l < langs {
		return langNames[l]
	}
	return ""
}

// Named returns the language of a name, as String writes it.
func Named(name string) (Lang, bool) {
	for l := JavaScript; l < langs; l++ {
		if langNames[l] == name {
			return l, true
		}
	}
	return None, false
}

var byExt = map[string]Lang{
	".js": JavaScript, ".jsx": JavaScript, ".mjs": JavaScript, ".cjs": JavaScript, ".ts": TypeScript, ".mts": TypeScript, ".cts": TypeScript, ".tsx": TSX,
	".py": Python, ".pyw": Python, ".go": Go, ".sh": Bash, ".bash": Bash, ".sql": SQL, ".dockerfile": Dockerfile, ".html": HTML, ".htm": HTML,
	".tf": HCL, ".tfvars": HCL, ".hcl": HCL, ".yaml": YAML, ".yml": YAML,
}

// Of tells a file's language by its name, or by its first line if that names
// the program to run it (#!/bin/sh).
func Of(name string, text []byte) Lang {
	base := strings.ToLower(path.Base(name))
	if l, ok := byExt[path.Ext(base)]; ok {
		return l
	}
	if base == "dockerfile" || base == "containerfile" || strings.HasPrefix(base, "dockerfile.") || strings.HasPrefix(base, "containerfile.") {
		return Dockerfile
	}
	if bytes.HasPrefix(text, []byte("#!")) {
		line, _, _ := bytes.Cut(text, []byte("\n"))
		return byProgram(string(line))
	}
	return None
}

// byProgram reads a first line such as "#!/usr/bin/env -S bash -e".
func byProgram(line string) Lang {
	for _, w := range strings.Fields(strings.TrimPrefix(line, "#!")) {
		switch name := path.Base(w); {
		case name == "sh" || name == "bash" || name == "dash" || name == "ash" || name == "ksh":
			return Bash
		case strings.HasPrefix(name, "python"):
			return Python
		case name == "node" || name == "nodejs":
			return JavaScript
		case name == "env" || strings.HasPrefix(w, "-"):
		default:
			return None
		}
	}
	return None
}
