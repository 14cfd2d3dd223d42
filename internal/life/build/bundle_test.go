package build

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/confined"
)

const childEnv = "PADDOCK_TEST_BUNDLE_CHILD"

// TestMain lets the test binary be the bundling process, as the paddock binary is.
func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		if err := Child(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func isolated() Isolated {
	return Isolated{Command: func(ctx context.Context) *exec.Cmd {
		c := exec.CommandContext(ctx, "/proc/self/exe")
		c.Env = []string{childEnv + "=1", "GORACE=atexit_sleep_ms=0"}
		return c
	}}
}

// files makes a tree from paths and texts; "->x" is a link to x.
func files(pairs ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		f := &fstest.MapFile{Data: []byte(pairs[i+1])}
		if to, ok := strings.CutPrefix(pairs[i+1], "->"); ok {
			f.Mode, f.Data = os.ModeSymlink, []byte(to)
		}
		m[pairs[i]] = f
	}
	return m
}

const worker = "src/worker.ts"

// tracker is a small app of several modules.
func tracker() fstest.MapFS {
	return files(
		worker, `import { list } from "./list"; import page from "../public/index.html"; import data from "./data.json";
export default { async fetch(request: Request, env: Env): Promise<Response> { return new Response(page + list(data.names)) } }
interface Env { DB: unknown }`,
		"src/list.ts", `import { row } from "./parts/row.js"; import { depth } from "./loop"; export const list = (n: string[]) => n.map(row).join() + depth;`,
		"src/parts/row.ts", `import { bold } from "tiny/bold"; export function row(s: string): string { return bold("<li>" + s) }`,
		"src/loop.ts", `import { back } from "./loop2"; export const depth = 1; export const f = () => back;`,
		"src/loop2.ts", `import { depth } from "./loop"; export const back = () => depth;`,
		"src/data.json", `{"names":["a","b"]}`,
		"node_modules/tiny/package.json", `{"exports":{".":"./i.js","./*":{"require":"./no.cjs","import":"./lib/*.js"}}}`,
		"node_modules/tiny/lib/bold.js", `export const bold = (s) => "<b>" + s;`,
		"public/index.html", "<title>Candidates</title>", "public/css/a.css", "body{}",
		"microapp.yaml", "name: tracker\n", "README.md", "x",
	)
}

func TestBundle(t *testing.T) {
	for name, b := range map[string]Bundler{"inline": Inline{}, "isolated": isolated()} {
		t.Run(name, func(t *testing.T) {
			first, err := b.Bundle(t.Context(), tracker(), DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{"<title>Candidates", `"<b>"`, `"<li>"`, "default"} {
				if !strings.Contains(string(first), want) {
					t.Errorf("the bundle lacks %s", want)
				}
			}
			if strings.Contains(string(first), "import ") || strings.Contains(string(first), "interface") {
				t.Errorf("not bundled:\n%s", first)
			}
			again, err := b.Bundle(t.Context(), tracker(), DefaultLimits())
			if err != nil || !slices.Equal(first, again) {
				t.Errorf("the second bundle differs (%v)", err)
			}
		})
	}
}

func TestBundleKeepsProvidedModules(t *testing.T) {
	tree := files(worker, `import { connect } from "cloudflare:sockets"; export default { fetch: connect }`)
	if _, err := (Inline{}).Bundle(t.Context(), tree, DefaultLimits()); core.CodeOf(err) != core.Blocked {
		t.Errorf("a module that is not provided: %v", err)
	}
	out, err := Inline{Provided: []string{"cloudflare:sockets"}}.Bundle(t.Context(), tree, DefaultLimits())
	if err != nil || !strings.Contains(string(out), `from "cloudflare:sockets"`) {
		t.Errorf("%s, %v", out, err)
	}
}

const ok = "\nexport default { fetch() {} }"

// Each refusal names its place and what to do; nothing of this machine is told.
func TestBundleRefuses(t *testing.T) {
	small := DefaultLimits()
	small.SourceFile, small.SourceTotal, small.SourceFiles, small.Bundle = 200, 300, 5, 150
	many := files(worker, ok)
	for i := range 10_000 {
		many[fmt.Sprintf("src/m%d.ts", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "import './m%d'", i+1)}
	}
	many[worker].Data = []byte("import './m0'" + ok)
	with := func(line string, more ...string) fstest.MapFS {
		return files(append([]string{worker, line + ok}, more...)...)
	}
	cases := []struct {
		note   string
		tree   fstest.MapFS
		limits Limits
		code   core.Code
		says   string
	}{
		{"no entry", files("src/other.ts", ok), DefaultLimits(), core.Blocked, "src/worker.ts"},
		{"entry is a folder", files("src/worker.ts/a", ok), DefaultLimits(), core.Blocked, "src/worker.ts"},
		{"no default export", files(worker, "export const a = 1"), DefaultLimits(), core.Blocked, "default export"},
		{"syntax", with("let x = ;"), DefaultLimits(), core.Blocked, "src/worker.ts:1:9"},
		{"bare package", with("import 'lodash'"), DefaultLimits(), core.Blocked, "fetches nothing"},
		{"scoped package", with("import '@a/b/c'"), DefaultLimits(), core.Blocked, "fetches nothing"},
		{"node module", with("import 'node:fs'"), DefaultLimits(), core.Blocked, "Node"},
		{"node module, old name", with("import 'fs/promises'"), DefaultLimits(), core.Blocked, "Node"},
		{"node module by require", with("require('child_process')"), DefaultLimits(), core.Blocked, "Node"},
		{"from the internet", with("import 'https://evil.example/x.js'"), DefaultLimits(), core.Blocked, "internet"},
		{"data address", with("import 'data:text/javascript,1'"), DefaultLimits(), core.Blocked, "Only files"},
		{"file address", with("import 'file:///etc/passwd'"), DefaultLimits(), core.Blocked, "computer"},
		{"out of the repository", with("import '../../x'"), DefaultLimits(), core.Blocked, "outside"},
		{"far out", with("import '../../../../../../etc/passwd'"), DefaultLimits(), core.Blocked, "outside"},
		{"out by detour", with("import './a/../../../x'"), DefaultLimits(), core.Blocked, "outside"},
		{"absolute", with("import '/etc/passwd'"), DefaultLimits(), core.Blocked, "root"},
		{"backslash", with(`import '..\\..\\x'`), DefaultLimits(), core.Blocked, "slashes"},
		{"dynamic, out", with("import('../../x')"), DefaultLimits(), core.Blocked, "outside"},
		{"missing", with("import './nothing'"), DefaultLimits(), core.Blocked, "no such file"},
		{"kind of file", with("import './x.wasm'", "src/x.wasm", "x"), DefaultLimits(), core.Blocked, "kind"},
		{"link to a file", with("import './l'", "src/l.ts", "->/etc/passwd"), DefaultLimits(), core.Blocked, "link"},
		{"link to a folder", with("import './l/a'", "src/l", "->../public", "public/a.ts", ""), DefaultLimits(), core.Blocked, "link"},
		{"entry is a link", files(worker, "->../evil.ts", "evil.ts", ok), DefaultLimits(), core.Blocked, "link"},
		{"package leads out", with("import 'a'", "node_modules/a/package.json", `{"main":"../../src/worker.ts"}`), DefaultLimits(), core.Blocked, "fetches nothing"},
		{"package is not JSON", with("import 'a'", "node_modules/a/package.json", `{`), DefaultLimits(), core.Blocked, "JSON"},
		{"subpath not exported", with("import 'a/b'", "node_modules/a/package.json", `{"exports":"./b.js"}`, "node_modules/a/b.js", ""), DefaultLimits(), core.Blocked, "fetches nothing"},
		{"computed, existing here", with("export const x = (n) => import(`../../../../../../../../etc/${n}`)"), DefaultLimits(), core.Blocked, "full name"},
		{"computed, by require", with("export const x = (n) => require('./a/' + n + '.ts')"), DefaultLimits(), core.Blocked, "full name"},
		{"huge file", with("import './a'", "src/a.ts", strings.Repeat("/", 201)), small, core.TooLarge, "src/a.ts"},
		{"too much together", with("import './a'; import './b'", "src/a.ts", strings.Repeat("/", 150), "src/b.ts", strings.Repeat("/", 150)), small, core.TooLarge, "together"},
		{"too many files", many, DefaultLimits(), core.TooLarge, "more than 2000 files"},
		{"huge bundle", with("import './a'; export const x = '"+strings.Repeat("x", 100)+"'", "src/a.ts", "console.log('"+strings.Repeat("y", 80)+"')"), small, core.TooLarge, "bundled"},
	}
	for name, b := range map[string]Bundler{"inline": Inline{}, "isolated": isolated()} {
		for _, c := range cases {
			t.Run(name+"/"+c.note, func(t *testing.T) {
				out, err := b.Bundle(t.Context(), c.tree, c.limits)
				if core.CodeOf(err) != c.code || out != nil && err == nil {
					t.Fatalf("code %q, want %q: %v (%v)", core.CodeOf(err), c.code, err, errors.Unwrap(err))
				}
				text := err.Error()
				if !strings.Contains(text, c.says) {
					t.Errorf("%q does not say %q (%v)", text, c.says, errors.Unwrap(err))
				}
				if strings.Contains(text, "hostname") || strings.Contains(text, "goroutine") {
					t.Errorf("tells of this machine: %s", text)
				}
				e := core.AsError(err)
				for _, p := range append(e.Problems, e) {
					if p.Hint == "" && len(p.Problems) == 0 {
						t.Errorf("no next step: %+v", p)
					}
				}
			})
		}
	}
}

// A hostile source ends its own build, not the server.
func TestIsolatedSurvivesHostileCode(t *testing.T) {
	limits := DefaultLimits()
	limits.Bundling = 3 * time.Second
	for note, text := range map[string]string{
		"brackets": strings.Repeat("(", 600_000),
		"arrows":   strings.Repeat("a=>", 600_000) + "1",
		"nots":     strings.Repeat("!", 300_000) + "1",
		"ifs":      strings.Repeat("if(a)", 300_000) + "1",
	} {
		t.Run(note, func(t *testing.T) {
			t.Parallel()
			_, err := isolated().Bundle(t.Context(), files(worker, text+ok), limits)
			if c := core.CodeOf(err); c != core.Blocked && c != core.TooLarge {
				t.Fatalf("%q: %v", c, err)
			}
			if strings.Contains(err.Error(), "goroutine") {
				t.Errorf("the trace is shown: %s", err)
			}
		})
	}
}

func TestIsolatedEndsWithItsCaller(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := isolated().Bundle(ctx, tracker(), DefaultLimits()); err == nil {
		t.Fatal("built after the caller left")
	}
	broken := Isolated{Command: func(ctx context.Context) *exec.Cmd { return exec.CommandContext(ctx, "/nonexistent") }}
	if _, err := broken.Bundle(t.Context(), tracker(), DefaultLimits()); core.CodeOf(err) != core.Internal {
		t.Errorf("a missing binary: %v", err)
	}
	garbage := Isolated{Command: func(ctx context.Context) *exec.Cmd { return exec.CommandContext(ctx, "/bin/echo", "hello") }}
	if _, err := garbage.Bundle(t.Context(), tracker(), DefaultLimits()); core.CodeOf(err) != core.Blocked {
		t.Errorf("a child that talks nonsense: %v", err)
	}
}

// The bundling process can open nothing, whatever esbuild tries.
func TestChildIsConfined(t *testing.T) {
	probe := exec.Command("/proc/self/exe", "-test.run=TestConfineProbe", "-test.v")
	probe.Env = []string{"PADDOCK_TEST_CONFINE=1"}
	out, err := probe.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "refused: open /etc/passwd") {
		t.Fatalf("%v\n%s", err, out)
	}
}

func TestConfineProbe(t *testing.T) {
	if os.Getenv("PADDOCK_TEST_CONFINE") == "" {
		t.Skip("runs in a process of its own")
	}
	if err := confined.Confine(bounds(DefaultLimits())); err != nil {
		t.Fatal(err)
	}
	_, err := os.ReadFile("/etc/passwd")
	if err == nil {
		t.Fatal("a file was opened")
	}
	fmt.Fprintln(os.Stdout, "refused:", err)
}

func TestConverseBoundsTheChild(t *testing.T) {
	endless, w := io.Pipe()
	go func() {
		for {
			if _, err := io.WriteString(w, `{"code":"`+strings.Repeat("A", 1<<20)); err != nil {
				return
			}
		}
	}()
	_, err := converse(newTree(files(), DefaultLimits()), io.Discard, endless, order{Limits: Limits{Bundle: 1 << 10}})
	endless.Close()
	if err == nil || errors.Is(err, io.ErrClosedPipe) {
		t.Fatalf("got %v", err)
	}
}

// A small app bundles well within 50 ms, its own process included.
func BenchmarkBundle(b *testing.B) {
	for name, by := range map[string]Bundler{"inline": Inline{}, "isolated": isolated()} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := by.Bundle(b.Context(), tracker(), DefaultLimits()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
