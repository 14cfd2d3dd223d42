package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/core"
)

// Exporter writes evidence packs. It only reads; the caller records that a
// pack was taken.
type Exporter struct {
	Source Source
	// Signer is the audit log's key; it signs the manifest too.
	Signer note.Signer
	// AuditKey is its verifier key, SigningKey the PEM text of the public key
	// that provenance is signed with. Both go into the pack.
	AuditKey   string
	SigningKey string
	Clock      core.Clock
}

// pack is a pack being made.
type pack struct {
	app      core.App
	now      time.Time
	files    []file
	counts   map[string]int
	log      ManifestLog
	people   map[core.ID]bool
	decided  []decisionRecord
	asked    []approvalRecord
	built    []artifactRecord
	deployed []deploymentRecord
	vendors  []vendorRecord
	leases   []leaseRecord
	happened []incidentRecord
	costs    []Cost
	reports  []core.Report
	events   []eventView
}

// Export writes the evidence pack of the named app to w. The same records give
// the same bytes, but for the time it was made. Errors: NotFound for an unknown
// app, TooLarge past the bounds of a pack, else those of the source.
func (x *Exporter) Export(ctx context.Context, appName string, w io.Writer) error {
	a, err := x.Source.Apps.AppByName(ctx, appName)
	if err != nil {
		return err
	}
	p := &pack{app: a, now: x.Clock.Now().UTC(), counts: map[string]int{}, people: map[core.ID]bool{}}
	// Records first, then the log: so each record's event is there to be proved.
	for _, step := range []func(context.Context, *pack) error{x.records, x.around, x.documents, x.events} {
		if err := step(ctx, p); err != nil {
			return err
		}
	}
	if err := x.persons(ctx, p); err != nil {
		return err
	}
	p.add("keys/audit.vkey", []byte(x.AuditKey+"\n"))
	p.add("keys/signing.pub", []byte(x.SigningKey))
	page, err := p.page(fingerprint(x.AuditKey))
	if err != nil {
		return core.Hidden("Writing the evidence page", err)
	}
	p.files = append([]file{{"index.html", page}}, p.files...)
	if err := p.seal(x.Signer); err != nil {
		return err
	}
	return writeArchive(w, p.files)
}

func (p *pack) add(name string, data []byte) { p.files = append(p.files, file{name, data}) }

// seal adds the manifest of all files and its signature.
func (p *pack) seal(signer note.Signer) error {
	m := Manifest{Format: formatName, App: ManifestApp{string(p.app.ID), p.app.Name}, From: moment(p.app.Created),
		To: p.now.Format(time.RFC3339Nano), MadeAt: p.now.Format(time.RFC3339Nano), Log: p.log, Counts: p.counts}
	for _, f := range p.files {
		sum := sha256.Sum256(f.data)
		m.Files = append(m.Files, ManifestFile{f.name, hex.EncodeToString(sum[:]), int64(len(f.data))})
	}
	data, err := encode(m)
	if err != nil {
		return core.Hidden("Writing the evidence manifest", err)
	}
	signed, err := signManifest(data, signer)
	if err != nil {
		return err
	}
	p.add(manifestFile, data)
	p.add(manifestSig, signed)
	return nil
}

// events adds the app's events with their proofs against one checkpoint.
func (x *Exporter) events(ctx context.Context, p *pack) error {
	if _, err := x.Source.Log.IntegrateNow(ctx); err != nil {
		return err
	}
	signed, head, err := x.Source.Proofs.Checkpoint(ctx)
	if err != nil {
		return err
	}
	p.log = ManifestLog{head.Origin, head.Size, base64.StdEncoding.EncodeToString(head.Root[:])}
	var lines []byte
	err = x.Source.Log.EachEvent(ctx, p.app.ID, func(index int64, leaf, opening string) error {
		if index >= head.Size {
			return nil // came after the checkpoint
		}
		proof, err := x.Source.Proofs.ProveIndex(ctx, index, signed, head)
		if err != nil {
			return err
		}
		line, err := encodeLine(eventLine{index, leaf, opening, proof.String()})
		if err != nil {
			return core.Hidden("Writing an audit event", err)
		}
		if len(lines)+len(line) > maxFile {
			return core.Errorf(core.TooLarge, "the audit events of %s pass %d MiB", p.app.Name, maxFile>>20)
		}
		lines = append(lines, line...)
		p.counts["events"]++
		p.events = append(p.events, viewEvent(index, leaf, opening))
		return nil
	})
	if err != nil {
		return err
	}
	p.add("audit/checkpoint", []byte(signed))
	p.add("audit/events.jsonl", lines)
	return nil
}
