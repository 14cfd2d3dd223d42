package lint

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/script"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Oxlint is a linter for scripts that is installed on this machine. The zero
// value stands for none.
type Oxlint struct {
	Program string // its absolute path
	Path    string // the folders in which it finds Node
}

// FindOxlint looks for oxlint in the folders of a PATH. Folders that are named
// relative to where we are, and all that lies in the checked folder, are passed
// over: a tree must never bring the program that judges it.
func FindOxlint(path, checked string) (Oxlint, bool) {
	checked, err := filepath.EvalSymlinks(checked)
	if err != nil {
		return Oxlint{}, false
	}
	if checked, err = filepath.Abs(checked); err != nil {
		return Oxlint{}, false
	}
	outside := func(name string) bool {
		real, err := filepath.EvalSymlinks(name)
		rel, relErr := filepath.Rel(checked, real)
		return err == nil && relErr == nil && (rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)))
	}
	var found Oxlint
	var folders []string
	for _, dir := range filepath.SplitList(path) {
		if !filepath.IsAbs(dir) || !outside(dir) {
			continue
		}
		folders = append(folders, dir)
		program := filepath.Join(dir, "oxlint")
		if st, err := os.Stat(program); found.Program == "" && err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0 && outside(program) {
			found.Program = program
		}
	}
	found.Path = strings.Join(folders, string(filepath.ListSeparator))
	return found, found.Program != ""
}

// Bounds of one run of the linter.
const (
	maxScripts     = 5_000
	maxScriptBytes = 500_000
	maxOutput      = 20_000_000
	linterTime     = 30 * time.Second
)

// linterRules is the configuration that the linter gets: the rules that point
// at mistakes, none of taste, and none that the tree asks for.
const linterRules = `{"categories":{"correctness":"warn"},"plugins":[],"rules":{"no-unused-vars":"off"}}`

type diagnostic struct {
	Message  string `json:"message"`
	Code     string `json:"code"`
	Filename string `json:"filename"`
	Labels   []struct {
		Span struct{ Line, Column int }
	} `json:"labels"`
}

// oxlint lets the linter look at copies of the app's own scripts, in a folder
// with nothing else in it. It returns how many it looked at.
func (s *styler) oxlint(ctx context.Context, o Oxlint, t *tree.Tree) int {
	dir, err := os.MkdirTemp("", "paddock-lint-")
	if err != nil {
		s.res.Missed("the scripts could not be copied for the linter")
		return 0
	}
	defer func() { _ = os.RemoveAll(dir) }() // a leftover is no harm
	files := map[string]tree.File{}
	for _, f := range t.Files {
		if !script.Is(f) || foreign(f) || len(f.Text) > maxScriptBytes || strings.Contains(f.Path, ".d.") {
			continue
		}
		if len(files) == maxScripts {
			s.res.Missed("there are more than %d scripts; the linter did not see the rest", maxScripts)
			break
		}
		name := fmt.Sprintf("s%05d%s", len(files), f.Ext())
		if err := os.WriteFile(filepath.Join(dir, name), f.Text, 0o600); err != nil {
			s.res.Missed("the scripts could not be copied for the linter")
			return 0
		}
		files[name] = f
	}
	if len(files) == 0 {
		return 0
	}
	found, err := o.run(ctx, dir)
	if err != nil {
		s.res.Missed("the linter for scripts failed: %v", err)
		return 0
	}
	for _, d := range found {
		f, ok := files[filepath.Base(d.Filename)]
		code := oxlintCode(d.Code)
		if !ok || code == "" || len(d.Labels) == 0 {
			continue
		}
		place := d.Labels[0].Span
		if s.saidAt(code, f, place.Line) {
			continue
		}
		s.sayAt(code, f, place.Line, place.Column, findings.At{Details: d.Code + ": " + d.Message})
	}
	return len(files)
}

// saidAt reports whether the same is said of a line already.
func (s *styler) saidAt(code string, f tree.File, line int) bool {
	for _, x := range s.res.Findings {
		if x.Code == code && x.Path == f.Path && x.Line == line {
			return true
		}
	}
	return false
}

// run starts the linter in a folder, with nothing of our environment but the
// folders of programs, and reads what it prints.
func (o Oxlint) run(ctx context.Context, dir string) ([]diagnostic, error) {
	rules := filepath.Join(dir, ".oxlintrc.json")
	if err := os.WriteFile(rules, []byte(linterRules), 0o600); err != nil {
		return nil, errors.New("its rules could not be written")
	}
	ctx, cancel := context.WithTimeout(ctx, linterTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, o.Program, "-c", rules, "--disable-nested-config", "--no-ignore", "--format", "json", ".")
	cmd.Dir, cmd.Env, cmd.WaitDelay = dir, []string{"PATH=" + o.Path, "HOME=" + dir, "TMPDIR=" + dir, "LC_ALL=C"}, time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &limited{to: &out, left: maxOutput}, io.Discard
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		return nil, errors.New("it did not come to its end")
	}
	var answer struct{ Diagnostics []diagnostic }
	if json.Unmarshal(out.Bytes(), &answer) != nil {
		return nil, errors.New("its answer cannot be read")
	}
	return answer.Diagnostics, nil
}

// limited takes so many bytes, and fails at more.
type limited struct {
	to   *bytes.Buffer
	left int
}

func (l *limited) Write(b []byte) (int, error) {
	if l.left -= len(b); l.left < 0 {
		return 0, errors.New("too much")
	}
	return l.to.Write(b)
}

// oxlintCodes maps rules of the linter to our codes; any other rule is a slip.
var oxlintCodes = map[string]string{
	"no-dupe-keys": "script_name_twice", "no-dupe-class-members": "script_name_twice", "no-duplicate-case": "script_name_twice", "no-dupe-else-if": "script_never_true",
	"use-isnan": "script_never_true", "valid-typeof": "script_never_true", "no-compare-neg-zero": "script_never_true", "no-constant-binary-expression": "script_never_true", "no-constant-condition": "script_never_true",
	"no-const-assign": "script_not_changed", "no-import-assign": "script_not_changed", "no-class-assign": "script_not_changed", "no-func-assign": "script_not_changed",
	"no-unsafe-negation": "script_odd", "no-cond-assign": "script_odd", "no-unsafe-optional-chaining": "script_odd", "no-debugger": "script_debug_left",
	"no-eval": "", // the check of code says so
}

func oxlintCode(code string) string {
	rule := code
	if i := strings.IndexByte(code, '('); i >= 0 {
		rule = strings.TrimSuffix(code[i+1:], ")")
	}
	if rule == "" {
		return "" // a typing error, which is said already
	}
	if ours, known := oxlintCodes[rule]; known {
		return ours
	}
	return "script_slip"
}
