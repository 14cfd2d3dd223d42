package evidence

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/evidence/parcel"
)

// kind is one kind of records in a pack: the file NAME.jsonl, and the list to
// draw samples from, population/NAME.csv.
type kind struct {
	Name  string
	Title string
	Says  string // what a record of it shows, for the page
	Query string // what was asked for to make the list, after "SELECT *"
	acts  []string
}

// The kinds of records, in the order in which the page shows them. Those with
// acts are told by audit events whose action begins so.
var kinds = []kind{
	{"apps", "Apps", "Every app with an event in the time.", "FROM app WHERE it has an audit event in the time", nil},
	{"decisions", "Decisions", "What each gate answered, with the exact input and the policy that judged it.", "FROM decision WHERE at is in the time", nil},
	{"approvals", "Approvals", "Who was asked for a yes, who answered, and to exactly what.", "FROM approval_request WHERE it was asked or answered in the time", nil},
	{"changes", "Changes", "Pushes, checks, merges, builds and new governance revisions.", "FROM audit_event WHERE action is change.*, push.*, artifact.*, governance.*, deploy.settle or vex.*", []string{"change.", "push.", "artifact.", "governance.", "deploy.settle", "vex."}},
	{"reports", "Checks", "What the checks of each commit looked at and found.", "FROM report WHERE created is in the time", nil},
	{"artifacts", "Artifacts", "What was built, with its parts list (SBOM) and signed provenance.", "FROM artifact WHERE created is in the time", nil},
	{"deployments", "Deployments", "What ran where, and from when to when.", "FROM deployment WHERE it ran at some moment of the time", nil},
	{"grants", "Grants", "Rights that end by themselves: access of people, approvals in force and leases on secrets.", "FROM access_grant, approval_request WHERE granted, and lease, WHERE in force at some moment of the time", nil},
	{"access", "Access", "Accounts, sign-ins, tokens, secrets and courses.", "FROM audit_event WHERE action is person.*, session.*, link.*, token.*, secret.*, lease.*, course.*, access.* or data.*", []string{"person.", "session.", "link.", "token.", "secret.", "lease.", "course.", "access.", "data."}},
	{"lifecycle", "Life-cycle", "How apps began, why they were archived, and what brought them back.", "FROM audit_event WHERE action is app.*, retire.* or source.*", []string{"app.", "retire.", "source."}},
	{"incidents", "Incidents", "Refused calls, limits that were hit, secrets that were kept out.", "FROM incident WHERE at is in the time", nil},
	{"drills", "Restore drills", "Backups and restores of the whole installation.", "FROM audit_event WHERE action is backup.*, restore.*, migrate.* or drill.*", []string{"backup.", "restore.", "migrate.", "drill."}},
	{"costs", "Cost", "What each app cost, by month.", "FROM usage, by month, WHERE hour is in the time", nil},
	{"vendors", "Vendors", "Each third party's agreement and review, as they were at the time.", "FROM vendors/*.yaml at each governance revision in force in the time", nil},
	{"governance", "Governance", "The revisions of the rules that were in force.", "FROM audit_event WHERE action is governance.activate, and in force in the time", nil},
	{"people", "People", "Who is named in the pack.", "FROM person WHERE named in another record", nil},
	{"certificates", "Certificates", "The courses that these people have passed.", "FROM certificate WHERE the person is named", nil},
	{"events", "Audit events", "Every event, with its proof.", "FROM audit_event WHERE at is in the time", nil},
}

// fileOf is the file of a kind's records.
func fileOf(kind string) string {
	if kind == "events" {
		return "audit/events.jsonl"
	}
	return kind + ".jsonl"
}

func populationOf(kind string) string { return "population/" + kind + ".csv" }

// actKind returns the kind that tells events of an action; "" for none.
func actKind(action string) string {
	for _, k := range kinds {
		for _, prefix := range k.acts {
			if strings.HasPrefix(action, prefix) {
				return k.Name
			}
		}
	}
	return ""
}

// row is a record as people see it: a line of its population and of the page.
type row struct {
	ID, At, App, What, Who, Outcome string
	Detail                          []string // on the page only
	Event                           int64    // -1 for none
	Line                            int      // in the kind's file, from 1
}

// maxShown is how many rows of a kind the page shows; the files hold all.
const maxShown = 100

// table is a kind's records while a pack is made.
type table struct {
	kind
	lines, list *parcel.Spool
	records     int // all of them
	asked       int // without those that are there for support only
	shown       []row
	one         *grantRecord // the grant that the pack is about
	buf         bytes.Buffer
}

func newTable(k kind, dir string) (*table, error) {
	lines, err := parcel.NewSpool(dir)
	if err != nil {
		return nil, err
	}
	t := &table{kind: k, lines: lines}
	if t.list, err = parcel.NewSpool(dir); err != nil {
		lines.Close()
		return nil, err
	}
	_, err = t.list.Write([]byte("number,id,at,app,what,who,outcome,log_index,file,line\n"))
	return t, err
}

// add writes one record, and its row unless it is there for support.
func (t *table) add(record any, support bool, r row) error {
	t.buf.Reset()
	e := json.NewEncoder(&t.buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(record); err != nil {
		return core.Hidden("Writing "+t.Name, err)
	}
	if t.buf.Len() > maxLine {
		return core.Errorf(core.TooLarge, "A record among %s has %d bytes; a pack holds at most %d.", t.Name, t.buf.Len(), maxLine)
	}
	if _, err := t.lines.Write(t.buf.Bytes()); err != nil {
		return core.Hidden("Writing "+t.Name, err)
	}
	t.records++
	if support {
		return nil
	}
	t.asked++
	r.Line = t.records
	if len(t.shown) < maxShown {
		t.shown = append(t.shown, r)
	}
	index := ""
	if r.Event >= 0 {
		index = strconv.FormatInt(r.Event, 10)
	}
	t.buf.Reset()
	w := csv.NewWriter(&t.buf)
	err := w.Write([]string{strconv.Itoa(t.asked), cell(r.ID), r.At, cell(r.App), cell(r.What), cell(r.Who), cell(r.Outcome), index, fileOf(t.Name), strconv.Itoa(r.Line)})
	if w.Flush(); err == nil {
		_, err = t.list.Write(t.buf.Bytes())
	}
	if err != nil {
		return core.Hidden("Writing "+t.Name, err)
	}
	return nil
}

// cell makes text safe for a spreadsheet: one line that is no formula.
func cell(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	if s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		s = "'" + s
	}
	return s
}

func (t *table) close() {
	t.lines.Close()
	t.list.Close()
}
