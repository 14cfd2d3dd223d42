package script

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/js"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Script is one script as a syntax tree.
type Script struct {
	File   tree.File // the file it stands in, which may be a page
	Root   *js.AST
	Inline bool   // a script inside a page
	code   []byte // as printed by esbuild; nodes point into it
	maps   []mapping

	warnings []Fault
}

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
// line ends as f.Text. It returns a fault for a typing error, and an error for
// a script that may be right but could not be read.
func parseText(f tree.File, text []byte, loader api.Loader) (*Script, *Fault, error) {
	if why := tooComplex(text); why != "" {
		return nil, nil, fmt.Errorf("%s", why)
	}
	options := api.TransformOptions{
		Loader: loader, Target: api.ES2022, Sourcemap: api.SourceMapExternal, SourcesContent: api.SourcesContentExclude, Sourcefile: "source",
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
	maps, err := decodeMap(r.Map)
	if err != nil {
		return nil, nil, err
	}
	code := append(slices.Clone(r.Code), 0)[:len(r.Code)] // room for the parser's end mark
	in := parse.NewInputBytes(code)
	root, err := js.Parse(in, js.Options{})
	if err != nil {
		return nil, nil, fmt.Errorf("it uses a form of JavaScript that the rules cannot read yet")
	}
	out := &Script{File: f, Root: root, code: in.Bytes(), maps: maps}
	for _, m := range r.Warnings[:min(len(r.Warnings), maxWarnings)] {
		out.warnings = append(out.warnings, *faultOf(f, m))
	}
	return out, nil, nil
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

// Offset returns where a node's bytes stand in the printed code, or -1 when
// they are not part of it.
func (s *Script) Offset(data []byte) int {
	if len(data) == 0 || len(s.code) == 0 {
		return -1
	}
	// The parser keeps no offsets, but its nodes are slices of our buffer.
	from, base := uintptr(unsafe.Pointer(unsafe.SliceData(data))), uintptr(unsafe.Pointer(unsafe.SliceData(s.code)))
	if from < base || from >= base+uintptr(len(s.code)) {
		return -1
	}
	return int(from - base)
}

// Place leads an offset in the printed code back to a line and column of the
// file, both from 1. It returns zeros for an offset of -1.
func (s *Script) Place(offset int) (line, column int) {
	if offset < 0 {
		return 0, 0
	}
	start := bytes.LastIndexByte(s.code[:offset], '\n') + 1
	m, ok := find(s.maps, bytes.Count(s.code[:offset], []byte("\n")), offset-start)
	if !ok {
		return 0, 0
	}
	return m.fromLine + 1, 1 + runesOf(s.File.Line(m.fromLine+1), m.fromColumn)
}

// runesOf counts the characters in the first n UTF-16 units of a line.
func runesOf(line []byte, n int) int {
	runes := 0
	for _, r := range string(line) {
		if n <= 0 {
			break
		}
		if n--; r > 0xffff {
			n--
		}
		runes++
	}
	return runes
}

// Code returns the script as esbuild printed it. Do not change it.
func (s *Script) Code() []byte { return s.code }
