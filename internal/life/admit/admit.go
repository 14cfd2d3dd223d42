package admit

import (
	"context"
	"slices"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// factsFor is how long what is known of an app is used again.
const factsFor = time.Second

// Store knows apps.
type Store interface {
	AppByName(ctx context.Context, name string) (core.App, error)
	Live(ctx context.Context, app core.ID) (core.Deployment, error)
	Artifact(ctx context.Context, digest string) (core.Artifact, error)
}

// Namespaces says which app a namespace belongs to; "" for none.
type Namespaces interface {
	AppOf(ctx context.Context, namespace string) (string, error)
}

// Service decides on workloads. The fields are required; it is safe for
// concurrent use.
type Service struct {
	Store      Store
	Namespaces Namespaces
	Catalog    interface{ Current() *catalog.Revision }
	Gate       *gate.Admissions
	Clock      core.Clock

	once  sync.Once
	facts *lru.Cache[string, *known]
}

// Review is one question of a cluster.
type Review struct {
	Operation, Kind, APIVersion string
	Namespace, Name             string
	DryRun                      bool
	User                        string
	Object                      Object
	Raw                         func() []byte // the object as it was sent; asked for when it is needed
	Echo                        bool          // a second question about the same review
}

// Answer is what the gate says.
type Answer struct {
	core.Decision
	App  string // that the namespace belongs to; empty for none
	mode catalog.AdmissionMode
	Open []string // codes that are not enforced while Paddock cannot be asked
}

// known is what is known of the app of a namespace under one revision.
type known struct {
	until    time.Time
	revision *catalog.Revision
	app      core.App // without id if there is none
	facts    *policy.Prepared
}

// Admit answers. Errors: Unreadable for an object in another form, and those of
// the gate; the caller must then not admit what must not run unseen.
func (s *Service) Admit(ctx context.Context, r Review) (Answer, error) {
	k, err := s.of(ctx, r.Namespace)
	if err != nil {
		return Answer{}, err
	}
	load := policy.Workload{Operation: r.Operation, Kind: r.Kind, APIVersion: r.APIVersion, Namespace: r.Namespace, Name: r.Name, DryRun: r.DryRun, User: r.User, AppState: k.app.State}
	if err := r.Object.Fill(&load); err != nil {
		return Answer{}, err
	}
	name := load.Name
	if name == "" {
		name = r.Object.Metadata.GenerateName + "..."
	}
	settings := k.revision.Settings.Admission
	d, err := s.Gate.Admit(ctx, gate.Workload{AppID: k.app.ID, Subject: r.Kind + " " + r.Namespace + "/" + name, Load: load, Facts: k.facts, Rules: k.revision.Policy,
		Actor: core.Actor{Kind: core.ActorSystem, Name: r.User, Door: "admission"}, Watch: settings.Mode == catalog.AdmissionWatch, Echo: r.Echo,
		Object: func() (policy.Object, error) { return Plain(r.Raw()) }})
	return Answer{Decision: d, App: k.app.Descriptor.Name, mode: settings.Mode, Open: settings.FailOpen}, err
}

// of returns what is known of the app of a namespace, at most factsFor old.
func (s *Service) of(ctx context.Context, namespace string) (*known, error) {
	s.once.Do(func() {
		facts, err := lru.New[string, *known](4096)
		if err != nil {
			panic("admit: a memory needs room")
		}
		s.facts = facts
	})
	rev, now := s.Catalog.Current(), s.Clock.Now()
	if k, ok := s.facts.Get(namespace); ok && k.revision == rev && now.Before(k.until) {
		return k, nil
	}
	k, err := s.look(ctx, rev, namespace)
	if err != nil {
		return nil, err
	}
	k.until = now.Add(factsFor)
	s.facts.Add(namespace, k)
	return k, nil
}

// look reads what is known of the app of a namespace.
func (s *Service) look(ctx context.Context, rev *catalog.Revision, namespace string) (*known, error) {
	k := &known{revision: rev}
	name, err := s.Namespaces.AppOf(ctx, namespace)
	if err != nil {
		return nil, err
	}
	in := policy.Input{Org: rev.Settings.Facts()}
	if name != "" {
		switch k.app, err = s.Store.AppByName(ctx, name); core.CodeOf(err) {
		case "":
			if in, err = s.input(ctx, rev, k.app); err != nil {
				return nil, err
			}
		case core.NotFound:
			k.app = core.App{}
		default:
			return nil, err
		}
	}
	in.Gate, in.Actor = core.GateWorkloadAdmit, policy.Actor{Kind: string(core.ActorSystem)}
	k.facts, err = policy.Prepare(in)
	return k, err
}

// input is what the gate knows of an app: what it says of itself, with the
// organisation's guardrails where it sets none, and what was deployed last.
func (s *Service) input(ctx context.Context, rev *catalog.Revision, app core.App) (policy.Input, error) {
	in := rev.Input(core.Person{}, nil, app.Descriptor)
	in.App.Guardrails = orDefault(in.App.Guardrails, rev.Settings.Guardrails)
	in.Target = policy.TargetFacts(rev.TargetFor(app.Descriptor.Region))
	live, err := s.Store.Live(ctx, app.ID)
	if core.CodeOf(err) == core.NotFound {
		return in, nil
	}
	if err != nil {
		return in, err
	}
	if t, ok := rev.Target(live.Target); ok {
		in.Target = policy.TargetFacts(t)
	}
	artifact, err := s.Store.Artifact(ctx, live.Artifact)
	if err != nil && core.CodeOf(err) != core.NotFound {
		return in, err
	}
	in.Artifact = policy.ArtifactFacts(artifact, false)
	in.Artifact.Digest = live.Artifact
	return in, nil
}

func orDefault(g policy.Guardrails, d core.Guardrails) policy.Guardrails {
	for _, x := range []struct {
		own *int
		all int
	}{{&g.CPUMillis, d.CPUMillis}, {&g.MemoryMiB, d.MemoryMiB}, {&g.Concurrency, d.Concurrency}, {&g.TimeoutMS, d.TimeoutMS}, {&g.EgressKBps, d.EgressKBps}, {&g.StorageMiB, d.StorageMiB}} {
		if *x.own == 0 {
			*x.own = x.all
		}
	}
	return g
}

// OpensFor reports whether a reason's rule may be passed over while Paddock cannot
// be asked.
func (a Answer) OpensFor(r core.Reason) bool { return slices.Contains(a.Open, r.Code) }

// Watching reports whether nothing is refused for now.
func (a Answer) Watching() bool { return a.mode == catalog.AdmissionWatch }

// ByName is the way from namespaces to apps that needs no right in the cluster: a
// namespace belongs to the app that Paddock named it for.
type ByName struct{}

// AppOf implements Namespaces.
func (ByName) AppOf(_ context.Context, namespace string) (string, error) {
	app, _, _ := core.AppOfNamespace(namespace)
	return app, nil
}
