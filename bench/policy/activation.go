package main

import (
	"context"
	"fmt"
	"testing/fstest"
	"time"

	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// activation makes a revision with 200 more policies and 5,000 more tests ready to
// decide, as a push does: read, checked, compiled and tested. Putting it in force
// after that is one commit and one pointer.
func (b *bench) activation(ctx context.Context) error {
	const policies, tests = 200, 25
	files, err := starter("")
	if err != nil {
		return err
	}
	for i := range policies {
		name := fmt.Sprintf("policies/more/rule%d", i)
		files[name+".rego"] = &fstest.MapFile{Data: fmt.Appendf(nil, "package paddock.lib.more%d\n\ndeny contains {\"code\": \"more_%d\", \"message\": sprintf(\"No to %%s.\", [input.app.name]), \"fix\": \"Change it.\"} if {\n\tinput.app.region == \"moon-%d\"\n\tcount(input.app.vendors) > %d\n}\n", i, i, i, i)}
		text := fmt.Sprintf("package paddock.lib.more%d_test\n\nimport data.paddock.lib.more%d\n", i, i)
		for j := range tests {
			text += fmt.Sprintf("\ntest_%d if count(more%d.deny) == 0 with input as {\"app\": {\"name\": \"a%d\", \"region\": \"eu\", \"vendors\": []}}\n", j, i, j)
		}
		files[name+"_test.rego"] = &fstest.MapFile{Data: []byte(text)}
	}
	begun := time.Now()
	v, err := catalog.Validate(ctx, files, "bench", begun)
	if err != nil {
		return err
	}
	b.atMost(fmt.Sprintf("a revision with %d policies and %d tests is ready", policies, len(v.Tests)), time.Since(begun).Seconds(), 1, "s")
	return nil
}
