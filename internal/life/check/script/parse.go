package script

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Fault is a typing error in a script.
type Fault struct {
	File         tree.File
	Line, Column int // from 1
	Text         string
	ID           string // of a warning, as esbuild names it; empty for a typing error
}

// maxWarnings bounds what is kept of one script.
const maxWarnings = 20

var loaders = map[string]api.Loader{".js": api.LoaderJSX, ".mjs": api.LoaderJS, ".cjs": api.LoaderJS, ".jsx": api.LoaderJSX,
	".ts": api.LoaderTS, ".mts": api.LoaderTS, ".cts": api.LoaderTS, ".tsx": api.LoaderTSX}

// parseText reads text as a script of the file f; text has the same length and
// line ends as f.Text. It returns warnings, or a fault for a typing error, and an error for
// a script that may be right but could not be read.
func parseText(f tree.File, text []byte, loader api.Loader) (warned []Fault, fault *Fault, err error) {
	if why := tooComplex(text); why != "" {
		return nil, nil, fmt.Errorf("%s", why)
	}
	options := api.TransformOptions{
		Loader: loader, Target: api.ES2022, Sourcefile: "source",
		MinifyWhitespace: true, Charset: api.CharsetASCII, LegalComments: api.LegalCommentsNone, TreeShaking: api.TreeShakingFalse, JSX: api.JSXTransform,
		Supported:   map[string]bool{"import-attributes": false, "import-assertions": false},
		TsconfigRaw: `{"compilerOptions":{"verbatimModuleSyntax":true}}`, LogLevel: api.LogLevelSilent, LogLimit: 1,
	}
	r := api.Transform(string(text), options)
	if len(r.Errors) > 0 && strings.Contains(r.Errors[0].Text, "ecorators") { // the older kind, which TypeScript reads when it is told to
		options.TsconfigRaw = `{"compilerOptions":{"verbatimModuleSyntax":true,"experimentalDecorators":true}}`
		r = api.Transform(string(text), options)
	}
	if len(r.Errors) > 0 {
		return nil, faultOf(f, r.Errors[0]), nil
	}
	for _, m := range r.Warnings[:min(len(r.Warnings), maxWarnings)] {
		warned = append(warned, *faultOf(f, m))
	}
	return warned, nil, nil
}

func faultOf(f tree.File, m api.Message) *Fault {
	fault := &Fault{File: f, Text: m.Text, ID: m.ID}
	if m.Location != nil {
		fault.Line = m.Location.Line
		line := f.Line(m.Location.Line)
		fault.Column = 1 + utf8.RuneCount(line[:min(m.Location.Column, len(line))])
	}
	return fault
}
