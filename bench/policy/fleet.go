package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
)

// fleet makes up apps as unlike each other as those of a large organisation:
// each has a name of its own, one of an owner for fifty apps, its own vendors,
// data, budget and limits.
type fleet struct {
	rand   *rand.Rand
	owners []core.Person
}

func newFleet(apps int) *fleet {
	f := &fleet{rand: rand.New(rand.NewPCG(3, 5))}
	ids := core.IDs{}
	for i := range max(10, apps/50) {
		f.owners = append(f.owners, core.Person{ID: ids.New(time.UnixMilli(int64(i))), Email: fmt.Sprintf("owner%d@example.com", i), Name: "Owner", Given: []core.Role{core.RoleMaker}, Roles: []core.Role{core.RoleMaker}})
	}
	return f
}

func (f *fleet) pick(of ...string) string { return of[f.rand.IntN(len(of))] }

// descriptor is the microapp.yaml of app number i.
func (f *fleet) descriptor(i int) core.Descriptor {
	owner := f.owners[f.rand.IntN(len(f.owners))]
	d := core.Descriptor{Name: fmt.Sprintf("app-%06d", i), Owner: owner.Email, Template: f.pick("internal-dashboard@1.0.0", "intake-form@1.0.0", "simple-dashboard@1.0.0"),
		Classification: core.Classification(f.pick("public", "internal", "internal", "internal", "internal", "restricted", "restricted", "phi")),
		Region:         f.pick("eu-sovereign", "eu-sovereign", "us-east-1"), Runtime: "serverless", Audience: f.pick("owners", "organisation", "organisation", "public"),
		Budget: core.Budget{Monthly: float64(5 * f.rand.IntN(60)), Currency: "EUR"}}
	if f.rand.IntN(3) == 0 {
		d.CoOwners = []string{f.owners[f.rand.IntN(len(f.owners))].Email}
	}
	for _, category := range []string{"contact", "identity", "payment", "health"} {
		if f.rand.IntN(5) == 0 {
			d.Data = append(d.Data, category)
		}
	}
	for range f.rand.IntN(3) {
		n := f.rand.IntN(30)
		vendor := core.VendorUse{Name: fmt.Sprintf("vendor-%d", n), Hosts: []string{fmt.Sprintf("api.vendor-%d.example.com", n)}}
		if n < 10 {
			vendor = core.VendorUse{Name: "talent-directory", Hosts: []string{"talent.example.com"}}
		}
		d.Vendors = append(d.Vendors, vendor)
	}
	for n := range f.rand.IntN(3) {
		d.Secrets = append(d.Secrets, core.SecretUse{Name: fmt.Sprintf("KEY_%d", n), Store: f.pick("platform", "platform", "vault"), Inject: "egress"})
	}
	d.Guardrails.CPUMillis, d.Guardrails.MemoryMiB = 100*(1+f.rand.IntN(10)), 64*(1+f.rand.IntN(8))
	return d
}

// fill puts n apps into a database in dir; half of them run.
func (f *fleet) fill(ctx context.Context, dir string, n int) error {
	db, err := store.Open(ctx, dir)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Quietly(ctx, func(ctx context.Context) error {
		for _, p := range f.owners {
			if err := db.AddPerson(ctx, p); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	ids, now := core.IDs{}, time.Now()
	byMail := map[string]core.Person{}
	for _, p := range f.owners {
		byMail[p.Email] = p
	}
	const batch = 2000
	for from := 0; from < n; from += batch {
		err := db.Quietly(ctx, func(ctx context.Context) error {
			for i := from; i < min(n, from+batch); i++ {
				d := f.descriptor(i)
				owner := byMail[d.Owner]
				a := core.App{ID: ids.New(now.Add(time.Duration(i) * time.Millisecond)), Name: d.Name, OwnerID: owner.ID, OwnerEmail: owner.Email, State: core.AppActive,
					Created: core.Stamp(now), Descriptor: d}
				if err := db.AddApp(ctx, a); err != nil {
					return err
				}
				if i%2 == 0 {
					if err := f.deploy(ctx, db, ids, a); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *fleet) deploy(ctx context.Context, db *store.DB, ids core.IDs, a core.App) error {
	at := core.Moment(a.Created)
	d := core.Decision{ID: ids.New(at), Gate: core.GateAppDeploy, AppID: a.ID, Result: core.Allow, Input: []byte("{}"), At: a.Created}
	if err := db.AddDecision(ctx, d); err != nil {
		return err
	}
	art := core.Artifact{Digest: "sha256:" + a.Name, AppID: a.ID, Commit: "c" + a.Name, SBOM: "sha256:s" + a.Name, Provenance: "sha256:p" + a.Name, Created: a.Created}
	if err := db.PutArtifact(ctx, art); err != nil {
		return err
	}
	dep := core.Deployment{ID: ids.New(at), AppID: a.ID, Artifact: art.Digest, Target: a.Descriptor.Region, Region: a.Descriptor.Region, State: core.DeployStarting,
		Decision: d.ID, By: a.OwnerID, Created: a.Created}
	if err := db.AddDeployment(ctx, dep); err != nil {
		return err
	}
	return db.MoveDeployment(ctx, dep, core.DeployLive, a.Created)
}
