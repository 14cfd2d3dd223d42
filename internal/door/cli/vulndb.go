package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/paddock-dev/paddock/internal/engine/osv"
)

type vulndbCmd struct {
	Import vulndbImportCmd `cmd:"" help:"Bring in records of known holes: OSV zips, folders of records, or a database from elsewhere."`
	Export vulndbExportCmd `cmd:"" help:"Take the database as one signed file, to a site without a network."`
	Show   vulndbShowCmd   `cmd:"" help:"What the database knows, from when, and who signed it."`
	Verify vulndbVerifyCmd `cmd:"" help:"Read the whole database and compare it with what was signed."`
}

// VulnDB says where the vulnerability database is, and whose signatures count.
type VulnDB struct {
	File   string // "" for the place that belongs to Data, or to this person
	Keys   string // file with public keys that count besides one's own
	Data   string // a server's data folder; "" for none
	MaxAge int    // days; 0 for no bound
	Env    func(name string) (string, bool)
}

// vulnPlace is the flags for it.
type vulnPlace struct {
	VulnDB     string `name:"vulndb" help:"The vulnerability database; default the one in the data folder, or your own." env:"PADDOCK_VULNDB" placeholder:"FILE"`
	VulnDBKeys string `name:"vulndb-keys" help:"File with public keys (keys/signing.pub of other sites, one after the other) whose databases count here." env:"PADDOCK_VULNDB_KEYS" placeholder:"FILE"`
	VulnData   string `name:"data" help:"A server's data folder, whose database and key are used." env:"PADDOCK_DATA" placeholder:"DIR"`
}

func (v vulnPlace) place(std IO) VulnDB {
	return VulnDB{File: std.path(v.VulnDB), Keys: std.path(v.VulnDBKeys), Data: std.path(v.VulnData), Env: std.Env}
}

// VulnImport is what an import brings in.
type VulnImport struct {
	VulnDB
	Paths []string
	Skip  bool // count what cannot be read
	Told  func(phase string, done, all int64)
}

// VulnState is a database as it is told of.
type VulnState struct {
	File     string       `json:"file"`
	Built    bool         `json:"built_in"` // there is no file, so the small built-in list counts
	Changed  []string     `json:"changed,omitempty"`
	Size     int64        `json:"size"`
	KeyID    string       `json:"key_id"`
	Age      int          `json:"age_days"` // of the oldest ecosystem's newest record
	Manifest osv.Manifest `json:"manifest"`
}

// Vulns are the programs behind paddock vulndb.
type Vulns struct {
	Import func(ctx context.Context, in VulnImport) (VulnState, error)
	Export func(at VulnDB, only []string, w io.Writer) (osv.Manifest, error)
	Show   func(at VulnDB, whole bool) (VulnState, error)
}

type vulndbImportCmd struct {
	Paths []string `arg:"" name:"file|dir" help:"An all.zip, a folder with <Ecosystem>/all.zip or .json records, or a file of paddock vulndb export."`
	Skip  bool     `name:"skip-unreadable" help:"Leave out records that cannot be read. Each report will say how many."`
	vulnPlace
}

// Run implements the command. Ecosystems that are not given stay as they are.
func (c *vulndbImportCmd) Run(ctx context.Context, std IO, p Programs) error {
	paths := make([]string, len(c.Paths))
	for i, path := range c.Paths {
		paths[i] = std.path(path)
	}
	bar := std.progress()
	got, err := p.Vulns.Import(ctx, VulnImport{VulnDB: c.place(std), Paths: paths, Skip: c.Skip, Told: bar.told})
	bar.end()
	if err != nil {
		return err
	}
	fmt.Fprintf(std.Out, "Brought in: %s.\n", strings.Join(got.Changed, ", "))
	got.write(std.Out)
	return nil
}

type vulndbExportCmd struct {
	Out        string   `short:"o" help:"File to write." default:"paddock.vulndb" placeholder:"FILE"`
	Ecosystems []string `name:"ecosystem" help:"Only these ecosystems, such as npm or PyPI." placeholder:"NAME"`
	vulnPlace
}

// Run implements the command.
func (c *vulndbExportCmd) Run(_ context.Context, std IO, p Programs) error {
	var m osv.Manifest
	err := writeWhole(std, c.Out, func(w io.Writer) (err error) {
		m, err = p.Vulns.Export(c.place(std), c.Ecosystems, w)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(std.Out, "%s: %d records, signed. The other site takes it with: paddock vulndb import %s --vulndb-keys FILE\nFILE there holds the signing.pub of this installation (%s).\n", c.Out, m.Records(), c.Out, m.Installation)
	return nil
}

type vulndbShowCmd struct {
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
	vulnPlace
}

// Run implements the command.
func (c *vulndbShowCmd) Run(_ context.Context, std IO, p Programs) error {
	got, err := p.Vulns.Show(c.place(std), false)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return printJSON(std, got)
	}
	got.write(std.Out)
	return nil
}

type vulndbVerifyCmd struct {
	MaxAge int `name:"max-age" help:"Fail if the data about any ecosystem is older than this, in days; 0 sets no bound." placeholder:"DAYS"`
	vulnPlace
}

// Run implements the command: an error if any byte is not the one that was
// signed, or if the data is too old.
func (c *vulndbVerifyCmd) Run(_ context.Context, std IO, p Programs) error {
	at := c.place(std)
	at.MaxAge = c.MaxAge
	got, err := p.Vulns.Show(at, true)
	if err != nil {
		return err
	}
	fmt.Fprintf(std.Out, "%s: %d records of %s, each as it was signed by key %s.\n", got.File, got.Manifest.Records(), plural(len(got.Manifest.Ecosystems), "ecosystem"), got.KeyID)
	return nil
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (s VulnState) write(w io.Writer) {
	if s.Built {
		fmt.Fprintf(w, "There is no database at %s yet: checks use the built-in list of %d records, and most holes are not in it.\nBring records in with: paddock vulndb import DIR\n", s.File, s.Manifest.Records())
	} else {
		fmt.Fprintf(w, "%s: %d bytes, made %s by %s (installation %s), signed by key %s.\n", s.File, s.Size, day(s.Manifest.Made), s.Manifest.Tool, s.Manifest.Installation, s.KeyID)
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "ecosystem\trecords\tpackages\tharmful\twithdrawn\tunreadable\tnewest\timported\tfrom")
	for _, e := range s.Manifest.Ecosystems {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t%s\n", e.Name, e.Records, e.Packages, e.Malicious, e.Withdrawn, e.Unreadable, or(e.Newest, "unknown"), or(e.Imported, "built in"), or(e.From, "built in"))
	}
	t.Flush()
	if !s.Built && s.Age > oldAge {
		fmt.Fprintf(w, "The oldest data is of %d days ago. Holes found since then are not in it.\n", s.Age)
	}
}

// oldAge is the age in days from which data is called old.
const oldAge = 30

func day(stamp string) string {
	if t, err := time.Parse(time.RFC3339, stamp); err == nil {
		return t.Format(time.DateOnly)
	}
	return "at an unknown time"
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
