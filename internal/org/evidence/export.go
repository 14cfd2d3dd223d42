package evidence

import (
	"context"
	"io"
	"maps"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/org/evidence/parcel"
)

// Exporter writes evidence packs. It only reads; the caller records that a
// pack was taken. It is safe for concurrent use if its Source is.
type Exporter struct {
	Source Source
	// Signer is the audit log's key; it signs the manifest too.
	Signer note.Signer
	// AuditKey is its verifier key, SigningKey the PEM text of the public key
	// that provenance is signed with. Both go into the pack.
	AuditKey   string
	SigningKey string
	Clock      core.Clock
	Temp       string // folder for temporary files; "" is the system's
}

// Summary says what a pack holds.
type Summary struct {
	Scope  Scope
	Name   string         // of the file
	Counts map[string]int // records of each kind that were asked for
	Events int
	First  int64 // the lowest index of the log that is covered without a gap; -1 without such a claim
	Last   int64
}

// Export writes the evidence pack of a scope to w. The same records give the
// same bytes, but for the time it was made. Its memory is bounded by the
// records of one app; everything else waits on disk. Errors: NotFound for an
// unknown app, TooLarge past the bounds of a pack, else those of the source.
// Nothing is written to w before everything is read.
func (x *Exporter) Export(ctx context.Context, scope Scope, w io.Writer) (Summary, error) {
	b, err := x.begin(scope)
	if err != nil {
		return Summary{}, err
	}
	defer b.close()
	if err := b.collect(ctx); err != nil {
		return Summary{}, err
	}
	if err := b.write(w); err != nil {
		return Summary{}, err
	}
	s := Summary{Scope: scope, Name: scope.FileName(b.now), Counts: map[string]int{}, First: b.cover.First, Last: b.cover.Last, Events: b.tables["events"].asked}
	for name, t := range b.tables {
		s.Counts[name] = t.asked
	}
	return s, nil
}

// builder is a pack being made.
type builder struct {
	*Exporter
	scope  Scope
	about  ManifestScope
	time   times
	now    time.Time
	tables map[string]*table
	docs   *parcel.Spool
	files  []parcel.Member
	seen   map[string]bool // documents that are there

	signed string
	head   audit.Checkpoint
	prover Prover
	cover  Coverage
	stray  map[core.ID][]core.ID // events outside of the time that close a gap, by app

	app      core.App   // the one app, if the scope is one
	grant    core.Grant // the one grant
	names    map[core.ID]string
	people   map[core.ID]bool
	policies map[string]bool
	vendors  map[string]bool
	actions  map[string]int
	results  map[string]int // decisions by gate and result
	problems []string       // what could not be read, for the page
}

func (x *Exporter) begin(scope Scope) (*builder, error) {
	now := x.Clock.Now().UTC()
	b := &builder{Exporter: x, scope: scope, now: now, tables: map[string]*table{}, seen: map[string]bool{}, stray: map[core.ID][]core.ID{},
		names: map[core.ID]string{}, people: map[core.ID]bool{}, policies: map[string]bool{}, vendors: map[string]bool{}, actions: map[string]int{}, results: map[string]int{},
		cover: Coverage{-1, -1}}
	b.time = times{0, core.Stamp(now) + 1}
	if !scope.From.IsZero() {
		b.time.from = core.Stamp(scope.From)
	}
	if !scope.To.IsZero() {
		b.time.to = core.Stamp(scope.To)
	}
	b.about = ManifestScope{App: scope.App, Period: scope.Period, From: moment(b.time.from), To: moment(b.time.to)}
	for _, k := range kinds {
		t, err := newTable(k, x.Temp)
		if err != nil {
			b.close()
			return nil, err
		}
		b.tables[k.Name] = t
	}
	var err error
	if b.docs, err = parcel.NewSpool(x.Temp); err != nil {
		b.close()
	}
	return b, err
}

func (b *builder) close() {
	for _, t := range b.tables {
		t.close()
	}
	if b.docs != nil {
		b.docs.Close()
	}
}

// document keeps one further file, once.
func (b *builder) document(name string, data []byte) error {
	if b.seen[name] {
		return nil
	}
	b.seen[name] = true
	if _, err := b.docs.Write(data); err != nil {
		return core.Hidden("Writing "+name, err)
	}
	m, err := b.docs.End(name)
	b.files = append(b.files, m)
	return err
}

// collect reads everything.
func (b *builder) collect(ctx context.Context) error {
	if b.scope.Grant != "" {
		g, digest, err := b.Source.Access.Elevation(ctx, b.scope.Grant)
		if err != nil {
			return err
		}
		b.about.Grant, b.about.GrantDigest, b.grant = string(g.ID), digest, g
	}
	// The records of an act are there before its event is in the tree: what is
	// read later than the checkpoint is left to the next pack.
	if _, err := b.Source.Log.IntegrateNow(ctx); err != nil {
		return err
	}
	var err error
	if b.signed, b.head, err = b.Source.Proofs.Checkpoint(ctx); err != nil {
		return err
	}
	b.prover = b.Source.Proofs.Prover(b.signed, b.head)
	apps, err := b.population(ctx)
	if err != nil {
		return err
	}
	for _, id := range apps {
		if err := b.group(ctx, id); err != nil {
			return err
		}
	}
	return b.organisation(ctx)
}

// population lists the apps of the pack, by id.
func (b *builder) population(ctx context.Context) ([]core.ID, error) {
	if b.scope.ByApp() {
		a, err := b.Source.Apps.AppByName(ctx, b.scope.App)
		b.app, b.about.AppID = a, string(a.ID)
		return []core.ID{a.ID}, err
	}
	span := b.time.span()
	if err := b.coverage(ctx, span); err != nil {
		return nil, err
	}
	apps := map[core.ID]bool{}
	for app := range b.stray {
		if app != "" {
			apps[app] = true
		}
	}
	for after := core.ID(""); ; {
		page, err := b.Source.Log.AppsWithEvents(ctx, span, after, pageSize)
		if err != nil {
			return nil, err
		}
		for _, id := range page {
			apps[id] = true
			after = id
		}
		if len(page) < pageSize {
			return slices.Sorted(maps.Keys(apps)), nil
		}
	}
}

// pageSize is how many rows are read at a time.
const pageSize = 500

// maxStray is how many events outside of the time may be needed to close gaps.
const maxStray = 10_000

// coverage finds the stretch of the log that the time covers, and the events in
// it and on both sides of it that belong to other times. With them the pack has
// every index of the stretch: a verifier sees that nothing was left out.
func (b *builder) coverage(ctx context.Context, s Span) error {
	low, high, err := b.Source.Log.LeafSpan(ctx, s)
	if err != nil || low < 0 || low >= b.head.Size {
		return err
	}
	low, high = max(low-1, 0), min(high+1, b.head.Size-1)
	strays, err := b.Source.Log.StrayLeaves(ctx, low, high, s, maxStray+1)
	if err != nil || len(strays) > maxStray {
		return err
	}
	for _, e := range strays {
		b.stray[e.AppID] = append(b.stray[e.AppID], e.ID)
	}
	b.cover = Coverage{low, high}
	return nil
}
