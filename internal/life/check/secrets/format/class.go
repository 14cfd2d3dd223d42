package format

import (
	"path"
	"strings"
)

// Class is how a file is read.
type Class int

// The classes of files.
const (
	Other  Class = iota
	Env          // NAME=value
	Ini          // name = value, also properties and TOML
	Words        // name value
	JSON         // also with comments
	YAML         //
	XML          // also HTML
	PHP          //
	Code         // programs
	Shell        //
	Docker       //
	SQL          //
	HCL          //
	Prose        // texts for people
)

var classes = map[string]Class{
	".env": Env, ".ini": Ini, ".cfg": Ini, ".conf": Ini, ".cnf": Ini, ".properties": Ini, ".toml": Ini, ".prefs": Ini, ".desktop": Ini, ".service": Ini, ".rdp": Ini, ".ovpn": Words, ".inf": Ini, ".reg": Ini, ".credentials": Ini, ".s3cfg": Ini, ".pypirc": Ini, ".boto": Ini, ".npmrc": Ini, ".yarnrc": Words, ".gitconfig": Ini, ".editorconfig": Ini, ".my": Ini,
	".json": JSON, ".jsonc": JSON, ".json5": JSON, ".tfstate": JSON, ".har": JSON, ".ftpconfig": JSON, ".dockercfg": JSON, ".ipynb": JSON, ".sublime-project": JSON, ".sublime-settings": JSON, ".postman_collection": JSON,
	".yml": YAML, ".yaml": YAML, ".tugboat": YAML, ".eyaml": YAML, ".raml": YAML,
	".xml": XML, ".config": XML, ".csproj": XML, ".props": XML, ".targets": XML, ".plist": XML, ".html": XML, ".htm": XML, ".xhtml": XML, ".jsp": XML, ".aspx": XML, ".cshtml": XML, ".vue": Code, ".svelte": Code, ".resx": XML, ".wsdl": XML, ".pubxml": XML, ".settings": XML, ".jmx": XML,
	".php": PHP, ".phtml": PHP, ".inc": PHP, ".php5": PHP,
	".js": Code, ".jsx": Code, ".mjs": Code, ".cjs": Code, ".ts": Code, ".tsx": Code, ".mts": Code, ".cts": Code, ".py": Code, ".go": Code, ".java": Code, ".kt": Code, ".kts": Code, ".groovy": Code, ".gradle": Code, ".scala": Code, ".cs": Code, ".vb": Code, ".fs": Code, ".rb": Code, ".erb": Code, ".rake": Code, ".rs": Code, ".c": Code, ".h": Code, ".cc": Code, ".cpp": Code, ".hpp": Code, ".m": Code, ".mm": Code, ".swift": Code, ".dart": Code, ".lua": Code, ".pl": Code, ".pm": Code, ".ex": Code, ".exs": Code, ".erl": Code, ".clj": Code, ".cljs": Code, ".hs": Code, ".r": Code, ".jl": Code, ".pas": Code, ".proto": Code, ".graphql": Code,
	".sh": Shell, ".bash": Shell, ".zsh": Shell, ".fish": Shell, ".ksh": Shell, ".bashrc": Shell, ".bash_profile": Shell, ".bash_history": Shell, ".zshrc": Shell, ".zsh_history": Shell, ".zprofile": Shell, ".zshenv": Shell, ".profile": Shell, ".ps1": Shell, ".psm1": Shell, ".bat": Shell, ".cmd": Shell, ".envrc": Shell, ".xinitrc": Shell,
	".sql": SQL, ".dump": SQL, ".mysql": SQL, ".pgsql": SQL, ".psql": SQL, ".ddl": SQL,
	".tf": HCL, ".tfvars": HCL, ".hcl": HCL, ".nomad": HCL,
	".md": Prose, ".mdx": Prose, ".markdown": Prose, ".rst": Prose, ".adoc": Prose, ".txt": Prose, ".csv": Prose, ".log": Prose, ".svg": Prose, ".po": Prose, ".pot": Prose, ".tex": Prose,
	".esmtprc": Words, ".msmtprc": Words, ".netrc": Words, ".fetchmailrc": Words, ".muttrc": Ini, ".mailrc": Words, ".ncftp": Words, ".cvspass": Words, ".pam": Words,
}

var names = map[string]Class{
	"dockerfile": Docker, "containerfile": Docker, "_netrc": Words, "netrc": Words, "makefile": Shell, "jenkinsfile": Code, "rakefile": Code, "gemfile": Code, "vagrantfile": Code, "fastfile": Code, "procfile": Shell, "credentials": Ini, "hgrc": Ini, ".hgrc": Ini, "esmtprc": Words, "msmtprc": Words,
}

// ClassOf tells how a file is read: by its name, or else by how it begins.
func ClassOf(name, text string) Class {
	base := strings.ToLower(path.Base(name))
	for _, tail := range []string{".example", ".sample", ".template", ".tmpl", ".tpl", ".dist", ".default", ".bak", ".old", ".orig", ".swp", ".save", "~", ".local", ".j2", ".erb", ".ejs", ".mustache", ".inc"} {
		if cut := strings.TrimSuffix(base, tail); cut != base && (classes[path.Ext(cut)] != Other || names[cut] != Other) {
			base = cut
		}
	}
	switch {
	case names[base] != Other:
		return names[base]
	case base == ".env" || strings.HasPrefix(base, ".env.") || strings.HasPrefix(base, "env.") && classes[path.Ext(base)] == Other || strings.HasSuffix(base, ".env"):
		return Env
	case strings.HasPrefix(base, "dockerfile.") || strings.HasSuffix(base, ".dockerfile"):
		return Docker
	}
	if c := classes[path.Ext(base)]; c != Other {
		if c == Ini || c == XML || c == Prose {
			return sniff(text, c)
		}
		return c
	}
	return sniff(text, Other)
}

// sniff looks at the beginning of a file.
func sniff(text string, otherwise Class) Class {
	text = strings.TrimLeft(text[:min(len(text), 4000)], "\ufeff \t\r\n")
	switch {
	case otherwise == Prose:
		return Prose
	case strings.HasPrefix(text, "<?php"):
		return PHP
	case strings.HasPrefix(text, "<?xml"), strings.HasPrefix(text, "<!DOCTYPE"), strings.HasPrefix(text, "<configuration"):
		return XML
	case strings.HasPrefix(text, "{"):
		return JSON
	case otherwise != Other:
		return otherwise
	case strings.HasPrefix(text, "---\n"), strings.HasPrefix(text, "---\r\n"):
		return YAML
	case strings.HasPrefix(text, "#!"):
		return Shell
	case strings.HasPrefix(text, "<"):
		return XML
	}
	return byLines(text)
}

// byLines knows files of settings by what most of their lines look like.
func byLines(text string) Class {
	all, env, colon := 0, 0, 0
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' || line[0] == '[' {
			continue
		}
		all++
		name := strings.TrimLeft(strings.TrimPrefix(line, "export "), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")
		switch rest := strings.TrimLeft(name, " \t"); {
		case rest == "" || rest == line:
		case rest[0] == '=':
			env++
		case strings.HasPrefix(rest, ": ") || rest == ":":
			colon++
		}
	}
	switch {
	case all > 0 && 2*env > all:
		return Env
	case all > 0 && 2*colon > all:
		return YAML
	}
	return Other
}
