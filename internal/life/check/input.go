package check

import (
	"context"
	"io/fs"
	"log/slog"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/openvex"
	"github.com/paddock-dev/paddock/internal/life/check/allow"
	"github.com/paddock-dev/paddock/internal/life/check/baseline"
	"github.com/paddock-dev/paddock/internal/life/check/dependencies"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/lint"
	"github.com/paddock-dev/paddock/internal/life/check/meter"
	"github.com/paddock-dev/paddock/internal/life/check/outside"
	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
	"github.com/paddock-dev/paddock/internal/life/check/secrets"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Options are what an engine is made of.
type Options struct {
	Clock      core.Clock               // for what statements hold at this time; nil means the machine's clock
	Advisories func() dependencies.Data // what is known of holes, asked at each run; nil means the built-in starter
	Policy     Policy                   // used when Input has none; nil leaves the policy check incomplete
	Log        *slog.Logger             // nil discards; findings are never logged
	Version    string                   // of Paddock, for the report
	Key        []byte                   // HMAC key of secret fingerprints; see secrets.New
	Limits     tree.Limits              // bounds of the walk; zero means the defaults
}

// Input is one tree to check.
type Input struct {
	App    string
	Commit string    // what the files are, or, of somebody's folder, what it is on; may be empty
	Time   time.Time // of the commit, for the SBOM; zero when it is not known
	Files  fs.FS     // hostile
	// Scope says what Files are. Without it they are those of Commit, or somebody's
	// folder if there is no commit. Of a folder .git and node_modules are left out.
	Scope core.Scope
	Leave []string // folders that git ignores; they are left out, and the report says so
	Base  fs.FS    // the tree of main, or nil; only its descriptor is read
	// Descriptor reads a microapp.yaml. With faults, it returns what could be
	// read, so that the other checks can go on; the report then has none.
	Descriptor         func([]byte) (core.Descriptor, []*core.Error)
	Template           *core.Template     // of the app; nil if it has none
	Licences           core.Licences      // of the organisation
	AllowedRegions     []string           // of the organisation, and groups of regions
	RegionGroups       []core.RegionGroup // of the organisation, besides the built-in ones
	ApprovedRegistries []string
	Vendors            []core.Vendor
	VEX                *openvex.Set      // statements in force; nil for none
	Outside            []*outside.Log    // what other tools found in the same files
	Policy             Policy            // for this run; nil means the engine's
	Code               *rulebook.Book    // the organisation's own rules about code; nil for none
	Oxlint             lint.Oxlint       // a linter of this machine, never of the tree; zero for none
	Inherited          map[string][]byte // pipeline files that the app was made with, by path; empty for none
	Approved           []allow.Approved  // approvals that comments in the code may name
	Baseline           *baseline.List    // what was known before; nil for nothing
	Before             []core.Finding    // of Scope.Against: the same ones are not reported again
	Changed            []string          // with Scope.Since: the only files that are looked at one by one
	// History searches commits, or what is staged, for secrets; nil for nothing.
	History   func(ctx context.Context, scanner *secrets.Scanner) (findings.Result, error)
	RulesFrom string     // where the rules come from, if they are a server's or should be: see policyFrom
	Told      meter.Told // hears how far the checks are; nil for nobody
	Untold    []string   // what could not be found out about the run itself
}

// Policy answers for the merge gate.
type Policy interface {
	// Merge evaluates the merge rules on a report that holds the findings and
	// the verdicts of all other checks, and the descriptor. It returns what the
	// rules say, and the revision of the rules. An error leaves the policy check
	// incomplete.
	Merge(ctx context.Context, soFar core.Report) (core.Verdicts, string, error)
}
