package app

import (
	"context"
	"os"
	"path/filepath"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/check"
)

// Bill lists the parts of an app's folder, without a server. Errors: Unreadable.
func Bill(ctx context.Context, version string, o cli.BillOptions) (cli.Bill, error) {
	if st, err := os.Stat(o.Dir); err != nil || !st.IsDir() {
		return cli.Bill{}, core.Errorf(core.Unreadable, "The folder %q cannot be read.", o.Dir).Hinted("Name the folder of an app.")
	}
	name := o.App
	if b, err := os.ReadFile(filepath.Join(o.Dir, catalog.DescriptorFile)); err == nil && name == "" {
		if d, _, err := catalog.ParseDescriptor(catalog.DescriptorFile, b); err == nil {
			name = d.Name
		}
	}
	if name == "" {
		name = filepath.Base(o.Dir)
	}
	text, res, err := check.Bill(ctx, version, o.Format, check.Input{App: name, Commit: o.Commit, Time: o.Time, Files: os.DirFS(o.Dir)})
	return cli.Bill{Text: text, Looked: res.Looked, Missing: res.Incomplete}, err
}
