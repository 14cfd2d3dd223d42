package export

import (
	"bufio"
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// ocsfVersion is the version of the schema that the rows follow.
const ocsfVersion = "1.8.0"

// record is one OCSF event. Every class that we use has the same members.
type record struct {
	CategoryUID  int            `json:"category_uid"`
	CategoryName string         `json:"category_name"`
	ClassUID     int            `json:"class_uid"`
	ClassName    string         `json:"class_name"`
	ActivityID   int            `json:"activity_id"`
	ActivityName string         `json:"activity_name"`
	TypeUID      int            `json:"type_uid"`
	Time         int64          `json:"time"` // milliseconds since 1970
	SeverityID   int            `json:"severity_id"`
	StatusID     int            `json:"status_id"`
	Status       string         `json:"status"`
	StatusCode   string         `json:"status_code"`
	Message      string         `json:"message"`
	Metadata     metadata       `json:"metadata"`
	Actor        actor          `json:"actor"`
	Source       endpoint       `json:"src_endpoint"`
	API          *api           `json:"api,omitempty"`
	User         *user          `json:"user,omitempty"`
	Service      *named         `json:"service,omitempty"`
	Resources    []resource     `json:"resources,omitempty"`
	Unmapped     map[string]any `json:"unmapped,omitempty"`
}

type metadata struct {
	Version  string  `json:"version"`
	UID      core.ID `json:"uid"`
	LogName  string  `json:"log_name"`
	Sequence *int64  `json:"sequence,omitempty"`
	Product  product `json:"product"`
}

type product struct {
	Name    string `json:"name"`
	Vendor  string `json:"vendor_name"`
	Version string `json:"version"`
}

type actor struct {
	User    *user  `json:"user,omitempty"`
	AppName string `json:"app_name,omitempty"`
	AppUID  string `json:"app_uid,omitempty"`
}

type user struct {
	Name   string `json:"name,omitempty"`
	UID    string `json:"uid,omitempty"`
	Email  string `json:"email_addr,omitempty"`
	TypeID int    `json:"type_id"`
}

type endpoint struct {
	Service string `json:"svc_name"`
}

type api struct {
	Operation string `json:"operation"`
	Service   named  `json:"service"`
}

type named struct {
	Name string `json:"name"`
}

type resource struct {
	Name string `json:"name,omitempty"`
	UID  string `json:"uid,omitempty"`
	Type string `json:"type"`
}

// ocsf writes one JSON object on each line. The first is the export itself.
type ocsf struct {
	buffered *bufio.Writer
	json     *json.Encoder
	head     Head
}

func newOCSF(w io.Writer) *ocsf {
	b := bufio.NewWriterSize(w, 64<<10)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	return &ocsf{buffered: b, json: e}
}

// Begin implements Writer: the export is an event too, and carries what an
// auditor asks of it.
func (o *ocsf) Begin(h Head) error {
	o.head = h
	r := o.record(Event{Event: core.Event{ID: h.ID, At: core.Stamp(h.At), Action: "audit.export", Actor: h.By, Target: "audit log", Code: "ok"}, Index: -1})
	r.Unmapped = map[string]any{"population": h.Population, "query": h.Query, "log_size": h.Size, "checkpoint": h.Checkpoint}
	return o.json.Encode(r)
}

// Write implements Writer.
func (o *ocsf) Write(e Event) error { return o.json.Encode(o.record(e)) }

// End implements Writer.
func (o *ocsf) End() error { return o.buffered.Flush() }

func (o *ocsf) record(e Event) record {
	c := ClassOf(e.Action)
	r := record{CategoryUID: c.UID / 1000, CategoryName: categories[c.UID/1000], ClassUID: c.UID, ClassName: classes[c.UID], ActivityID: c.Activity,
		ActivityName: c.Name, TypeUID: c.UID*100 + c.Activity, Time: e.At / int64(time.Millisecond/time.Microsecond), StatusCode: e.Code,
		Message:  message(e),
		Metadata: metadata{Version: ocsfVersion, UID: e.ID, LogName: o.head.Origin, Product: product{"Paddock", "Paddock", o.head.Version}},
		Actor:    actorOf(e.Actor), Source: endpoint{orWord(e.Actor.Door, "paddock")}, Unmapped: unmapped(e)}
	if e.Index >= 0 {
		r.Metadata.Sequence = &e.Index
	}
	r.SeverityID, r.StatusID, r.Status = standing(e)
	switch c.UID {
	case apiActivity:
		r.API = &api{e.Action, named{"Paddock"}}
	case authentication:
		r.User, r.Service = subject(e), &named{"Paddock"}
	default:
		r.User = subject(e)
	}
	if e.AppID != "" {
		r.Resources = append(r.Resources, resource{e.App, string(e.AppID), "app"})
	}
	if e.Target != "" && e.Target != e.App {
		r.Resources = append(r.Resources, resource{Name: e.Target, Type: "target"})
	}
	return r
}

// message says the event in one line.
func message(e Event) string {
	s := orWord(e.Actor.Name, string(e.Actor.Kind)) + ": " + e.Action
	if on := orWord(e.App, e.Target); on != "" {
		s += " " + on
	}
	return s + " (" + e.Code + ")"
}

// standing returns severity and status.
func standing(e Event) (severity, status int, name string) {
	switch {
	case e.Action == "witness.forked" || e.Action == "copy.forked" || strings.HasPrefix(e.Action, "incident."):
		severity = 4
	case e.Code == "ok":
		severity = 1
	default:
		severity = 2
	}
	switch e.Code {
	case "ok", "allow":
		return severity, 1, "Success"
	case "pending", "incomplete":
		return severity, 99, e.Code
	}
	return severity, 2, "Failure"
}

func actorOf(a core.Actor) actor {
	if a.Kind == core.ActorPerson || a.Kind == core.ActorUnknown {
		return actor{User: userOf(a)}
	}
	return actor{AppName: orWord(a.Name, orWord(string(a.Kind), "unknown")), AppUID: string(a.ID)}
}

func userOf(a core.Actor) *user {
	u := &user{Name: orWord(a.Name, string(a.ID)), UID: string(a.ID), TypeID: 1}
	if strings.Contains(a.Name, "@") {
		u.Email = a.Name
	}
	if a.Kind != core.ActorPerson {
		u.TypeID = 0
	}
	u.Name = orWord(u.Name, "unknown")
	return u
}

// subject is whom an event of the identity classes is about: who is named by
// the target or the app, else who acts.
func subject(e Event) *user {
	switch {
	case strings.Contains(e.Target, "@"):
		return &user{Name: e.Target, Email: e.Target, TypeID: 1}
	case e.AppID != "":
		return &user{Name: orWord(e.App, string(e.AppID)), UID: string(e.AppID), TypeID: 4}
	case e.Actor.Kind == core.ActorPerson:
		return userOf(e.Actor)
	}
	return &user{Name: orWord(e.Target, orWord(e.Actor.Name, "unknown")), TypeID: 0}
}

// unmapped keeps what the schema has no place for.
func unmapped(e Event) map[string]any {
	m := map[string]any{"action": e.Action}
	if e.Gate != "" {
		m["gate"] = e.Gate
	}
	if len(e.Data) > 0 {
		m["facts"] = e.Data
	}
	return m
}

func orWord(s, otherwise string) string {
	if s != "" {
		return s
	}
	return otherwise
}
