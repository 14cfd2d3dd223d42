package governance_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// Each skeleton bundles, and answers as its page expects: run in Node, with the
// database and the vendor played by testdata/app.mjs.
func TestSkeletonsRun(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not on this machine")
	}
	rev := validate(t).Revision
	for _, tpl := range rev.TemplateList() {
		t.Run(tpl.Name, func(t *testing.T) {
			t.Parallel()
			files, err := catalog.Scaffold(tpl, app(tpl), defaults(t, tpl), rev.Files)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			for name, b := range files {
				path := filepath.Join(dir, filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, b, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			out := filepath.Join(dir, "worker.mjs")
			res := api.Build(api.BuildOptions{EntryPoints: []string{filepath.Join(dir, "src/worker.ts")}, Outfile: out, Bundle: true, Write: true,
				Format: api.FormatESModule, Target: api.ES2022})
			if len(res.Errors)+len(res.Warnings) > 0 {
				t.Fatalf("%+v %+v", res.Errors, res.Warnings)
			}
			cmd := exec.Command(node, "testdata/app.mjs", tpl.Name, out)
			if said, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, said)
			}
		})
	}
}
