package evidence

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

//go:embed page.tmpl
var pageText string

// maxShown is how many events the page lists; the pack holds all of them.
const maxShown = 2000

// eventView is one event on the page.
type eventView struct {
	Index                       int64
	At, Action, Who, What, Code string
}

// viewEvent reads an event for the page. The page is a reading aid: what
// counts is the leaf in audit/events.jsonl.
func viewEvent(index int64, leaf, opening string) eventView {
	v := eventView{Index: index}
	l, err := verify.ParseLeaf(leaf)
	if err != nil {
		v.Action = "unreadable"
		return v
	}
	v.At, v.Action, v.Code = moment(l.At), l.Action, l.Code
	opened, err := verify.ParseOpening(opening)
	if err != nil {
		opened = nil
	}
	v.Who, v.What = shown(l.ActorName, opened), shown(l.Target, opened)
	return v
}

func shown(f verify.Field, opened []verify.Opened) string {
	if f.Commit == "" {
		return f.Clear
	}
	for _, o := range opened {
		if o.Path == f.Path {
			return o.Value
		}
	}
	return "(erased)"
}

// pageData is what the page shows.
type pageData struct {
	App         appRecord
	From, Made  string
	Log         ManifestLog
	Key         string
	Decisions   []decisionRecord
	Approvals   []approvalRecord
	Artifacts   []artifactRecord
	Deployments []deploymentRecord
	Vendors     []vendorRecord
	Leases      []leaseRecord
	Incidents   []incidentRecord
	Costs       []Cost
	Reports     []reportView
	Events      []eventView
	MoreEvents  int
}

type reportView struct {
	Commit, Verdict, Policy string
	Checks, Findings        int
}

// page returns index.html: no script, nothing from outside.
func (p *pack) page(key string) ([]byte, error) {
	t, err := template.New("page").Funcs(template.FuncMap{"day": day, "short": shortDigest, "hex": hexOf, "indent": indentInput}).Parse(pageText)
	if err != nil {
		return nil, err
	}
	d := pageData{App: app(p.app), From: moment(p.app.Created), Made: p.now.Format(time.RFC3339), Log: p.log, Key: key,
		Decisions: p.decided, Approvals: p.asked, Artifacts: p.built, Deployments: p.deployed, Vendors: p.vendors, Leases: p.leases,
		Incidents: p.happened, Costs: p.costs, Events: p.events}
	if extra := len(d.Events) - maxShown; extra > 0 {
		d.Events, d.MoreEvents = d.Events[extra:], extra
	}
	for _, r := range p.reports {
		d.Reports = append(d.Reports, reportView{r.Commit, string(r.Verdict), r.PolicyRevision, len(r.Checks), len(r.Findings)})
	}
	var b bytes.Buffer
	err = t.Execute(&b, d)
	return b.Bytes(), err
}

// day shortens a moment to the second.
func day(at string) string {
	t, err := time.Parse(time.RFC3339Nano, at)
	if err != nil {
		return at
	}
	return t.Format("2006-01-02 15:04:05")
}

// shortDigest keeps the first digits of a digest or commit.
func shortDigest(s string) string {
	s = strings.TrimPrefix(s, "sha256:")
	if len(s) > 12 {
		return s[:12]
	}
	return s
}

// indentInput lays the input of a decision out for reading.
func indentInput(input string) string {
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(input), "", "  "); err != nil {
		return fmt.Sprintf("%q", input)
	}
	return b.String()
}
