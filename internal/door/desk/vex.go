package desk

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/engine/openvex"
)

// VEX keeps OpenVEX documents.
type VEX interface {
	// Add keeps a document; from now on its statements count.
	Add(ctx context.Context, who core.Person, by core.Actor, body []byte) (core.VEX, openvex.Document, error)
}

// AddVEX keeps an OpenVEX document. Errors: Invalid with the place of each fault.
func (d *Desk) AddVEX(ctx context.Context, who core.Person, body []byte) (view.VEX, error) {
	if err := authz.Can(who, authz.VEXAdd, nil); err != nil {
		return view.VEX{}, err
	}
	v, doc, err := d.VEX.Add(ctx, who, actor(ctx, who), body)
	if err != nil {
		return view.VEX{}, err
	}
	return vexView(v, doc), nil
}

// VEXDocuments lists the documents in force: those of the governance repository,
// then those that were added.
func (d *Desk) VEXDocuments(ctx context.Context, who core.Person) ([]view.VEX, error) {
	if err := authz.Can(who, authz.VEXRead, nil); err != nil {
		return nil, err
	}
	var out []view.VEX
	for _, s := range d.Catalog.Current().VEX {
		out = append(out, view.VEX{Digest: s.Digest, Document: s.ID, Author: s.Author, From: s.From, Statements: len(s.Statements), At: s.Time})
	}
	all, err := d.Store.VEXDocuments(ctx)
	if err != nil {
		return nil, err
	}
	for _, v := range all {
		doc, err := openvex.Parse("document", v.Body)
		if err != nil {
			return nil, err
		}
		out = append(out, vexView(v, doc))
	}
	return out, nil
}

func vexView(v core.VEX, doc openvex.Document) view.VEX {
	added := moment(v.Added)
	return view.VEX{ID: v.ID, Digest: v.Digest, Document: doc.ID, Author: doc.Author, From: v.ByName, Statements: len(doc.Statements), At: doc.Time, Added: &added}
}

func said(list []openvex.Judgement) []view.Said {
	var out []view.Said
	for _, j := range list {
		out = append(out, view.Said{Vulnerability: j.By.Vulnerability, Status: j.By.Status, SetAside: j.SetAside, Justification: j.By.Justification, Impact: j.By.Impact,
			Author: j.By.Author, From: j.By.From, At: j.By.Time})
	}
	return out
}
