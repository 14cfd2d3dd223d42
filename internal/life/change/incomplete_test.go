package change_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/paddock-dev/paddock/governance"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// What could not be looked at stops a change, unless the organisation says by
// its rollout that it shall only be told.
func TestIncompleteIsForPolicyToJudge(t *testing.T) {
	s := newShop(t)
	head := s.push("odd", map[string]string{"note.ts": "x\x00y"})
	r, err := s.Check(s.Ctx(), s.app.ID, 1, head)
	s.Must(err)
	if r.Verdict != core.Incomplete {
		t.Fatalf("the report is %s", r.Verdict)
	}
	if err := s.merge(1, head); core.CodeOf(err) != core.Denied {
		t.Fatalf("merged: %v", err)
	}
	files := fstest.MapFS{}
	s.Must(fs.WalkDir(governance.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(governance.FS(), path)
		files[path] = &fstest.MapFile{Data: text}
		return err
	}))
	files["policies/rollout.yaml"] = &fstest.MapFile{Data: []byte("rules: {check_incomplete: warn}\n")}
	s.Rev, err = catalog.Load(s.Ctx(), files, "gentle")
	s.Must(err)
	if err := s.merge(1, head); err != nil {
		t.Errorf("with a warning only: %v", err)
	}
}
