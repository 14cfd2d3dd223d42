package app

import (
	"context"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/life/build"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/org/access"
	"github.com/paddock-dev/paddock/internal/org/budget"
	"github.com/paddock-dev/paddock/internal/org/evidence"
)

// packs writes evidence packs from the house's records.
func (h *house) packs() packer {
	p := archivist{store: h.store, keys: h.keys, clock: h.clock, reader: h.reader, sequencer: h.sequencer, library: h.forge, registry: h.warehouse.registry, tariff: h.shelf.tariff}
	return packer{p.exporter(h.config.Data), make(chan struct{}, packsAtOnce)}
}

// packsAtOnce is how many packs are made at a time: each reads a lot.
const packsAtOnce = 2

// packer makes few packs at a time.
type packer struct {
	*evidence.Exporter
	slots chan struct{}
}

// Export implements desk.Evidence. Errors: RateLimited while others are made.
func (p packer) Export(ctx context.Context, scope evidence.Scope, w io.Writer) (evidence.Summary, error) {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
		return p.Exporter.Export(ctx, scope, w)
	default:
		return evidence.Summary{}, core.Errorf(core.RateLimited, "%d evidence packs are being made already.", packsAtOnce).Hinted("Try again in a minute.")
	}
}

// archivist finds evidence in the house's records, for a server or beside one.
type archivist struct {
	store     *store.DB
	keys      *seal.Keyring
	clock     core.Clock
	reader    *audit.Reader
	sequencer *audit.Sequencer
	library   interface {
		Tree(ctx context.Context, name, commit string) (fs.FS, error)
	}
	registry build.Registry
	tariff   func() budget.Tariff
}

func (a archivist) exporter(temp string) *evidence.Exporter {
	return &evidence.Exporter{Signer: a.keys.NoteSigner(), AuditKey: a.keys.AuditKey(), SigningKey: a.keys.PublicPEM(), Clock: a.clock, Temp: temp,
		Source: evidence.Source{Apps: a.store, Judged: judged{a.store}, Ran: a.store, Grants: []evidence.Grants{leases{a.store}}, Access: elevations{a.store}, Around: a, Governance: a,
			Blobs: a.registry, Attestations: a, Log: provable{a.store, a.sequencer}, Proofs: proofs{a.reader}}}
}

// Revision implements evidence.Governance: it reads an old revision as it would
// be read today.
func (a archivist) Revision(ctx context.Context, commit string) (evidence.Revision, error) {
	tree, err := a.library.Tree(ctx, GovernanceRepo, commit)
	if err != nil {
		return evidence.Revision{}, err
	}
	rev, err := catalog.Load(ctx, tree, commit)
	if err != nil {
		return evidence.Revision{}, err
	}
	was, err := a.store.ActivationOf(ctx, commit)
	if err != nil {
		return evidence.Revision{}, err
	}
	rev = rev.Halt(was.Halted)
	out := evidence.Revision{Commit: commit, Policy: rev.Policy.Source(), PolicyID: rev.Policy.Revision(), Vendors: rev.Vendors, Files: map[string][]byte{}}
	paths := []string{catalog.SettingsFile, catalog.SecretPolicyFile, catalog.RolloutFile, catalog.ExemptionsFile}
	for name := range rev.Vendors {
		paths = append(paths, evidence.VendorFile(name))
	}
	for _, s := range rev.VEX {
		paths = append(paths, s.From)
	}
	for _, path := range paths {
		if data, err := fs.ReadFile(tree, path); err == nil {
			out.Files[path] = data
		}
	}
	return out, nil
}

// Costs implements evidence.Around, at the prices in force.
func (a archivist) Costs(ctx context.Context, app core.App, from, to int64) ([]evidence.Cost, error) {
	hours, err := a.store.Usage(ctx, app.ID, from, to)
	if err != nil {
		return nil, err
	}
	tariff := a.tariff()
	months := map[string]*evidence.Cost{}
	var out []evidence.Cost
	for _, u := range hours {
		month := core.Moment(u.Hour).Format("2006-01")
		if months[month] == nil {
			months[month] = &evidence.Cost{Period: month, Budget: app.Descriptor.Budget.Monthly, Currency: tariff.At(u.Hour).Currency}
		}
		c := months[month]
		c.Amount += tariff.Cost(u)
		c.Requests += u.Requests
		c.Hours++
	}
	for _, c := range months {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(x, y evidence.Cost) int { return strings.Compare(x.Period, y.Period) })
	return out, nil
}

// Certificates implements evidence.Around.
func (a archivist) Certificates(ctx context.Context, person core.ID) ([]evidence.Certificate, error) {
	rows, err := a.store.CertificatesOf(ctx, person)
	out := make([]evidence.Certificate, 0, len(rows))
	for _, r := range rows {
		out = append(out, evidence.Certificate(r))
	}
	return out, err
}

// Attestations implements evidence.Attestations: the verification summaries of
// what was decided about an artifact.
func (a archivist) Attestations(ctx context.Context, artifact string) ([]string, error) {
	return build.Summaries(ctx, a.registry, artifact)
}

// judged lists reports with their moments.
type judged struct{ *store.DB }

// Reports implements evidence.Judged.
func (j judged) Reports(ctx context.Context, app core.ID) ([]evidence.Report, error) {
	rows, err := j.ReportsMade(ctx, app)
	out := make([]evidence.Report, 0, len(rows))
	for _, r := range rows {
		out = append(out, evidence.Report(r))
	}
	return out, err
}

// leases are grants to apps.
type leases struct{ store *store.DB }

// Grants implements evidence.Grants.
func (l leases) Grants(ctx context.Context, app core.ID) ([]evidence.Grant, error) {
	rows, err := l.store.Leases(ctx, app)
	out := make([]evidence.Grant, 0, len(rows))
	for _, r := range rows {
		out = append(out, evidence.Grant{Kind: "lease", ID: r.ID, To: string(r.AppID), What: r.Secret, Created: r.Created, Expires: r.Expires, Revoked: r.Revoked, Why: r.Why})
	}
	return out, err
}

// elevations are the grants of people.
type elevations struct{ store *store.DB }

// Elevation implements evidence.Access.
func (e elevations) Elevation(ctx context.Context, id core.ID) (core.Grant, string, error) {
	g, err := e.store.Grant(ctx, id)
	return g, access.Digest(g), err
}

// Elevations implements evidence.Access.
func (e elevations) Elevations(ctx context.Context, app core.ID) ([]core.Grant, error) {
	return e.store.GrantsFor(ctx, app)
}

// provable gives the events that are in the tree.
type provable struct {
	store     *store.DB
	sequencer *audit.Sequencer
}

// EventsOf implements evidence.Log.
func (p provable) EventsOf(ctx context.Context, app, after core.ID, n int) ([]evidence.Event, error) {
	rows, err := p.store.EventsOfAfter(ctx, app, after, n)
	return provenEvents(rows), err
}

// EventsOfAction implements evidence.Log.
func (p provable) EventsOfAction(ctx context.Context, action string, after core.ID, n int) ([]evidence.Event, error) {
	rows, err := p.store.EventsOfActionAfter(ctx, action, after, n)
	return provenEvents(rows), err
}

func provenEvents(rows []store.ProvenEvent) []evidence.Event {
	out := make([]evidence.Event, 0, len(rows))
	for _, r := range rows {
		out = append(out, evidence.Event(r))
	}
	return out
}

// AppsWithEvents implements evidence.Log.
func (p provable) AppsWithEvents(ctx context.Context, s evidence.Span, after core.ID, n int) ([]core.ID, error) {
	return p.store.AppsWithEvents(ctx, store.Span(s), after, n)
}

// LeafSpan implements evidence.Log.
func (p provable) LeafSpan(ctx context.Context, s evidence.Span) (low, high int64, err error) {
	return p.store.LeafSpan(ctx, store.Span(s))
}

// StrayLeaves implements evidence.Log.
func (p provable) StrayLeaves(ctx context.Context, low, high int64, s evidence.Span, n int) ([]core.Event, error) {
	return p.store.StrayLeaves(ctx, low, high, store.Span(s), n)
}

// IntegrateNow implements evidence.Log. Another process may do the same at the
// same time: then one of them finds that it is done.
func (p provable) IntegrateNow(ctx context.Context) (int, error) {
	return p.sequencer.IntegrateNow(ctx)
}

// proofs prove many events under one checkpoint.
type proofs struct{ *audit.Reader }

// Prover implements evidence.Proofs.
func (p proofs) Prover(signed string, c audit.Checkpoint) evidence.Prover {
	return p.Reader.Prover(signed, c)
}
