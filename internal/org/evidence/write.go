package evidence

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/evidence/controls"
	"github.com/paddock-dev/paddock/internal/org/evidence/parcel"
)

// write packs what was collected: the pages first, the manifest last.
func (b *builder) write(w io.Writer) error {
	m := b.manifest()
	for _, k := range kinds {
		t := b.tables[k.Name]
		lines, err := t.lines.End(fileOf(k.Name))
		if err != nil {
			return err
		}
		list, err := t.list.End(populationOf(k.Name))
		if err != nil {
			return err
		}
		b.files = append(b.files, lines, list)
	}
	mapped := controls.Evaluate(m.facts())
	mapping, err := encode(mapped)
	if err != nil {
		return core.Hidden("Writing the control mapping", err)
	}
	b.files = append(b.files, parcel.Bytes("audit/checkpoint", []byte(b.signed)), parcel.Bytes("keys/audit.vkey", []byte(b.AuditKey+"\n")),
		parcel.Bytes("keys/signing.pub", []byte(b.SigningKey)), parcel.Bytes("controls.json", mapping), parcel.Bytes("index.csv", b.index(m)))
	slices.SortFunc(b.files, func(x, y parcel.Member) int { return strings.Compare(x.Name, y.Name) })
	pages, err := b.pages(m, mapped)
	if err != nil {
		return core.Hidden("Writing the evidence pages", err)
	}
	return b.seal(w, m, append(pages, b.files...))
}

func (b *builder) manifest() Manifest {
	m := Manifest{Format: formatName, MadeAt: b.now.Format(time.RFC3339Nano), Coverage: b.cover, Counts: map[string]Count{}, Actions: b.actions, Results: b.results,
		Scope: b.about,
		Log:   ManifestLog{b.head.Origin, b.head.Size, base64.StdEncoding.EncodeToString(b.head.Root[:])}}
	for name, t := range b.tables {
		m.Counts[name] = Count{t.records, t.asked}
	}
	return m
}

// facts are what the control mapping counts.
func (m Manifest) facts() controls.Facts {
	f := controls.Facts{Records: map[string]int{}, Actions: m.Actions, Results: m.Results}
	for _, k := range kinds {
		f.Records[k.Name] = m.Counts[k.Name].Asked
	}
	return f
}

// index is the list of populations, for who draws samples.
func (b *builder) index(m Manifest) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.Write([]string{"kind", "population", "with_support", "records", "list", "query", "made_at"})
	for _, k := range kinds {
		c := m.Counts[k.Name]
		_ = w.Write([]string{k.Name, strconv.Itoa(c.Asked), strconv.Itoa(c.Records), fileOf(k.Name), populationOf(k.Name), query(k, m), m.MadeAt})
	}
	w.Flush() // a buffer does not fail
	return out.Bytes()
}

// query says what was asked for, in full.
func query(k kind, m Manifest) string {
	text := "SELECT * " + k.Query + " [" + or(m.Scope.From, "beginning") + ", " + m.Scope.To + ")"
	if m.Scope.App != "" {
		text += " AND app = " + m.Scope.App
	}
	if m.Scope.Grant != "" {
		text += " AND it is about grant " + m.Scope.Grant
	}
	return text
}

// seal writes all files, the manifest of them and its signature.
func (b *builder) seal(w io.Writer, m Manifest, files []parcel.Member) error {
	for _, f := range files {
		m.Files = append(m.Files, ManifestFile{f.Name, f.SHA256, f.Size})
	}
	data, err := encode(m)
	if err != nil {
		return core.Hidden("Writing the evidence manifest", err)
	}
	signed, err := signManifest(data, b.Signer)
	if err != nil {
		return err
	}
	p := parcel.NewWriter(w)
	for _, f := range append(files, parcel.Bytes(manifestFile, data), parcel.Bytes(manifestSig, signed)) {
		if err := p.Add(f); err != nil {
			return err
		}
	}
	return p.Close()
}
