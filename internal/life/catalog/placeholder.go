package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/paddock-dev/paddock/internal/core"
)

var (
	placeholder = regexp.MustCompile(`\$?\{\{ *([a-z][a-z0-9_.]*) *\}\}`)
	plainValue  = regexp.MustCompile(`^[A-Za-z0-9 @._/+:,-]*$`)
)

// placeholders returns what each {{name}} stands for: app, title, owner,
// classification, region, runtime, template, version, audience and
// param.<name> for each field of the template's form.
func placeholders(t core.Template, d core.Descriptor, params map[string]string) map[string]string {
	out := map[string]string{"app": d.Name, "title": titleOf(d.Name), "owner": d.Owner, "classification": string(d.Classification),
		"region": d.Region, "runtime": string(d.Runtime), "template": t.Name, "version": t.Version, "audience": or(d.Audience, "organisation")}
	for _, p := range t.Parameters {
		out["param."+p.Name] = params[p.Name]
	}
	return out
}

// titleOf makes "candidate-tracker" read "Candidate tracker".
func titleOf(name string) string {
	s := strings.ReplaceAll(name, "-", " ")
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// replace puts the values into a text file. Other files stay as they are.
func replace(name string, b []byte, values map[string]string) ([]byte, error) {
	if !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 {
		return b, nil
	}
	var failed error
	out := placeholder.ReplaceAllFunc(b, func(m []byte) []byte {
		if m[0] == '$' { // an expression of a pipeline, not ours
			return m
		}
		key := string(placeholder.FindSubmatch(m)[1])
		v, ok := values[key]
		if !ok {
			failed = core.Errorf(core.Invalid, "The file has the placeholder %q, which stands for nothing.", key).At(name)
			return m
		}
		safe, err := escape(name, v)
		if err != nil {
			failed = core.AsError(err).At(strings.Replace(key, "param.", "parameters.", 1))
			return m
		}
		return []byte(safe)
	})
	return out, failed
}

// escape makes a value harmless in the kind of file that it goes into.
func escape(name, v string) (string, error) {
	switch path.Ext(name) {
	case ".html", ".htm", ".svg", ".xml":
		return html.EscapeString(v), nil
	case ".md":
		return markdownEscape.Replace(v), nil
	case ".json":
		return inString(v)
	case ".ts", ".js", ".mjs", ".tsx", ".jsx":
		s, err := inString(v)
		return scriptEscape.Replace(s), err
	}
	if !plainValue.MatchString(v) {
		return "", core.Errorf(core.Invalid, "%q cannot stand in the file %s.", clipped(v), name).
			Hinted("Use only letters, digits, spaces and . , - + @ : / _ .")
	}
	return v, nil
}

var (
	markdownEscape = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", ">", "&gt;", "#", `\#`, "|", `\|`)
	scriptEscape   = strings.NewReplacer("'", `\u0027`, "`", `\u0060`, "$", `\u0024`)
)

// inString escapes v for the inside of a quoted JSON string.
func inString(v string) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", core.Hidden("Writing a value", err)
	}
	return string(b[1 : len(b)-1]), nil
}

// unknownPlaceholders finds placeholders that stand for nothing.
func unknownPlaceholders(at string, b []byte, values map[string]string) []*core.Error {
	var out []*core.Error
	for _, m := range placeholder.FindAllSubmatchIndex(b, -1) {
		word := string(b[m[2]:m[3]])
		if _, ok := values[word]; ok || b[m[0]] == '$' {
			continue
		}
		line := 1 + bytes.Count(b[:m[0]], []byte("\n"))
		column := m[0] - bytes.LastIndexByte(b[:m[0]], '\n')
		known := slices.Sorted(maps.Keys(values))
		out = append(out, core.Errorf(core.Invalid, "There is no placeholder {{%s}}.", word).
			Hinted("%s", or(core.DidYouMean(word, known), "Known: "+strings.Join(known, ", ")+".")).At(fmt.Sprintf("%s:%d:%d", at, line, column)))
	}
	return out
}
