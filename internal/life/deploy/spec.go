package deploy

import (
	"context"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/run"
)

// run starts a deployment in the runtime.
func (s *Service) run(ctx context.Context, a core.App, d core.Deployment) error {
	spec, err := s.spec(ctx, a, d)
	if err != nil {
		return err
	}
	return s.Runtime.Deploy(ctx, spec)
}

// spec is what the runtime needs to run a deployment.
func (s *Service) spec(ctx context.Context, a core.App, d core.Deployment) (run.Spec, error) {
	bundle, err := s.Evidence.Load(ctx, d.Artifact)
	if err != nil {
		return run.Spec{}, err
	}
	rev := s.Catalog.Current()
	return run.Spec{AppID: a.ID, Name: a.Name, Deployment: d.ID, Region: d.Region, Worker: bundle.Worker, Public: bundle.Public,
		Env: map[string]string{"APP_NAME": a.Name, "APP_REGION": d.Region}, Guardrails: limits(a.Descriptor.Guardrails, rev.Settings.Guardrails), Vendors: vendorsOf(rev, a)}, nil
}

// live switches over. What another process has started is gone with that
// process, so after a crash the deployment is started again first.
// secretsOf names the secrets that an app may use: its vendors' credentials.
func secretsOf(rev *catalog.Revision, a core.App) []string {
	var out []string
	for _, v := range vendorsOf(rev, a) {
		if v.Credential != "" {
			out = append(out, v.Credential)
		}
	}
	return out
}

// vendorsOf returns the records of the approved vendors that an app declares,
// narrowed to the hosts it declares.
func vendorsOf(rev *catalog.Revision, a core.App) []core.Vendor {
	var out []core.Vendor
	for _, use := range a.Descriptor.Vendors {
		if v, ok := rev.Vendors[use.Name]; ok && v.State == core.VendorApproved {
			if len(use.Hosts) > 0 {
				v.Hosts = slices.DeleteFunc(slices.Clone(use.Hosts), func(h string) bool { return !catalog.HostAllowed(v.Hosts, h) })
			}
			out = append(out, v)
		}
	}
	return out
}

// limits fills what an app leaves open with the organisation's defaults.
func limits(own, org core.Guardrails) core.Guardrails {
	for _, f := range []struct {
		own *int
		org int
	}{{&own.CPUMillis, org.CPUMillis}, {&own.MemoryMiB, org.MemoryMiB}, {&own.Concurrency, org.Concurrency}, {&own.TimeoutMS, org.TimeoutMS},
		{&own.EgressKBps, org.EgressKBps}, {&own.StorageMiB, org.StorageMiB}} {
		if *f.own == 0 {
			*f.own = f.org
		}
	}
	return own
}
