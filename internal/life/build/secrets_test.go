package build

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/secrets"
)

func TestAKeyInWhatIsBuiltStopsTheBuild(t *testing.T) {
	s, err := secrets.New([]byte("a key for tests"))
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t)
	b.Secrets = s
	b.build(t, request())
	key := "AKIA" + "Q3EGW7TZKXN5LVDM"
	for where, path := range map[string]string{"worker.js": "node_modules/helper/index.js", "public/key.txt": "public/key.txt"} {
		tree := fstest.MapFS{"src/worker.ts": {Data: []byte("import k from '../node_modules/helper/index.js';\nexport default { fetch() { return new Response(k); } };")}, "node_modules/helper/index.js": {Data: []byte("export default 1;")}, "microapp.yaml": {Data: []byte("name: tracker\n")}}
		tree[path] = &fstest.MapFile{Data: []byte("export default \"" + key + "\";\n")}
		r := request()
		r.Tree = tree
		_, err := b.Build(t.Context(), r)
		if core.CodeOf(err) != core.Blocked || !strings.Contains(err.Error(), where) || strings.Contains(err.Error(), key[6:]) {
			t.Errorf("%s: %v", where, err)
		}
	}
}
