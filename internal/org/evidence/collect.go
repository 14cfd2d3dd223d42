package evidence

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// records adds what was decided, built and run.
func (x *Exporter) records(ctx context.Context, p *pack) error {
	s, id := x.Source, p.app.ID
	decided, err := s.Judged.Decisions(ctx, id)
	if err != nil {
		return err
	}
	asked, err := s.Judged.RequestsOf(ctx, id)
	if err != nil {
		return err
	}
	if p.reports, err = s.Judged.Reports(ctx, id); err != nil {
		return err
	}
	built, err := s.Ran.Artifacts(ctx, id)
	if err != nil {
		return err
	}
	deployed, err := s.Ran.Deployments(ctx, id)
	if err != nil {
		return err
	}
	p.decided, p.asked = each(decided, decision), each(asked, request)
	p.built, p.deployed = each(built, artifact), each(deployed, deployment)
	p.name(p.app.OwnerID, p.app.BuddyID)
	for _, r := range asked {
		p.name(r.Requester)
		p.name(r.Excluded...)
		for _, a := range r.Approvals {
			p.name(a.Approver)
		}
	}
	for _, d := range deployed {
		p.name(d.By)
	}
	if err := p.lines("decisions", p.decided); err != nil {
		return err
	}
	return p.lists(list{"approvals", p.asked, len(p.asked)}, list{"artifacts", p.built, len(p.built)},
		list{"deployments", p.deployed, len(p.deployed)}, list{"reports", p.reports, len(p.reports)})
}

// around adds leases, incidents, vendors and costs.
func (x *Exporter) around(ctx context.Context, p *pack) error {
	s, id := x.Source, p.app.ID
	leases, err := s.Ran.Leases(ctx, id)
	if err != nil {
		return err
	}
	happened, err := s.Ran.Incidents(ctx, id)
	if err != nil {
		return err
	}
	var names []string
	for _, v := range p.app.Descriptor.Vendors {
		names = append(names, v.Name)
	}
	vendors, err := s.Around.Vendors(ctx, names)
	if err != nil {
		return err
	}
	costs, err := s.Around.Costs(ctx, p.app)
	if err != nil {
		return err
	}
	now := core.Stamp(p.now)
	p.leases = each(leases, func(l core.Lease) leaseRecord { return lease(l, now) })
	p.happened, p.vendors = each(happened, incident), each(vendors, vendor)
	p.costs = each(costs, func(c Cost) Cost { return c })
	data, err := encode(app(p.app))
	if err != nil {
		return core.Hidden("Writing the app's record", err)
	}
	p.add("app.json", data)
	return p.lists(list{"leases", p.leases, len(p.leases)}, list{"incidents", p.happened, len(p.happened)},
		list{"vendors", p.vendors, len(p.vendors)}, list{"costs", p.costs, len(p.costs)})
}

// documents adds the SBOM and provenance of each artifact, once.
func (x *Exporter) documents(ctx context.Context, p *pack) error {
	seen := map[string]bool{}
	for _, a := range p.built {
		for folder, digest := range map[string]string{"sbom": a.SBOM, "provenance": a.Provenance} {
			if digest == "" || seen[digest] {
				continue
			}
			seen[digest] = true
			data, err := x.Source.Blobs.Get(ctx, digest)
			if err != nil {
				return err
			}
			p.add(folder+"/"+hexOf(digest)+".json", data)
			p.counts[folder]++
		}
	}
	slices.SortFunc(p.files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	return nil
}

// name notes people who are named in the pack.
func (p *pack) name(ids ...core.ID) {
	for _, id := range ids {
		if id != "" {
			p.people[id] = true
		}
	}
}

// persons adds who the named people are. Somebody who is no longer known stays
// an id.
func (x *Exporter) persons(ctx context.Context, p *pack) error {
	ids := make([]string, 0, len(p.people))
	for id := range p.people {
		ids = append(ids, string(id))
	}
	slices.Sort(ids)
	people := []personRecord{}
	for _, id := range ids {
		who, err := x.Source.Apps.Person(ctx, core.ID(id))
		if core.CodeOf(err) == core.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		people = append(people, personRecord{id, who.Email, who.Name})
	}
	return p.lists(list{"people", people, len(people)})
}

// list is a file of records of one kind.
type list struct {
	kind    string
	records any
	count   int
}

func (p *pack) lists(all ...list) error {
	for _, l := range all {
		data, err := encode(l.records)
		if err != nil {
			return core.Hidden("Writing "+l.kind, err)
		}
		p.add(l.kind+".json", data)
		p.counts[l.kind] = l.count
	}
	return nil
}

func (p *pack) lines(kind string, records []decisionRecord) error {
	var lines []byte
	for _, r := range records {
		line, err := encodeLine(r)
		if err != nil {
			return core.Hidden("Writing "+kind, err)
		}
		lines = append(lines, line...)
	}
	p.add(kind+".jsonl", lines)
	p.counts[kind] = len(records)
	return nil
}

// encode writes JSON for people to read as well.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}

// encodeLine writes one line of a .jsonl file.
func encodeLine(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

// hexOf returns the digits of a digest such as sha256:12ab.
func hexOf(digest string) string { return strings.TrimPrefix(digest, "sha256:") }
