package admission_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/admission"
	"github.com/paddock-dev/paddock/internal/life/admit"
)

const canary = "hunter2-canary"

// open serves the door and returns a client and its address.
func (tw *town) open() (*http.Client, string) {
	p := newPair(tw.t)
	p.issue(tw.t, "door", 2)
	return p.client(false), tw.serve(p.files()) + "/admit/"
}

func (tw *town) kept() []core.Decision {
	list, err := tw.Decisions(tw.Ctx(), tw.app.ID)
	tw.Must(err)
	return list
}

func TestAllowedIsKeptOnceAndCounted(t *testing.T) {
	tw := newTown(t)
	c, url := tw.open()
	before := len(tw.Events(0))
	first := ask(t, c, url+"closed", recorded(t))
	if !first.Response.Allowed || first.Response.UID != "705ab4f5-6393-11e8-b7cc-42010a800002" || len(first.Response.Warnings) != 0 {
		t.Fatalf("%+v", first)
	}
	for i := range 4 { // further copies: other names, other uids
		again := ask(t, c, url+"closed", with(t, "x7k2p", fmt.Sprint("other", i), "705ab4f5", "705ab4f6"))
		if !again.Response.Allowed || again.Response.AuditAnnotations["decision"] != first.Response.AuditAnnotations["decision"] {
			t.Errorf("%+v", again)
		}
	}
	ask(t, c, url+"open", recorded(t)) // the other webhook asks about the same review
	tw.Must(tw.gates.Flush(tw.Ctx()))
	kept := tw.kept()
	if got := tw.Events(before); len(kept) != 1 || !slices.Equal(got, []string{"gate.decide"}) {
		t.Fatalf("%d decisions, events %v", len(kept), got)
	}
	d := kept[0]
	if d.Gate != core.GateWorkloadAdmit || d.Result != core.Allow || d.Subject != "Pod paddock-tracker--production/web-7d9c6b5f4-x7k2p" || d.PolicyRevision != first.Response.AuditAnnotations["policy-revision"] {
		t.Errorf("%+v", d)
	}
	if times, _, err := tw.Repeats(tw.Ctx(), d.ID); err != nil || times != 4 {
		t.Errorf("made again %d times, %v", times, err)
	}
	if strings.Contains(string(d.Input), canary) || strings.Contains(string(d.Input), "managedFields") || !strings.Contains(string(d.Input), `"valueFrom"`) {
		t.Errorf("kept: %s", d.Input)
	}
	replayed, err := tw.Current().Policy.Replay(tw.Ctx(), d.Gate, d.Input)
	if err != nil || len(replayed.Deny) != 0 {
		t.Errorf("replayed %+v, %v", replayed, err)
	}
	tw.Clock.Move(61 * time.Minute)
	ask(t, c, url+"closed", recorded(t))
	if n := len(tw.kept()); n != 2 {
		t.Errorf("%d decisions after an hour", n)
	}
}

func TestDeniedSaysWhatWhyAndFix(t *testing.T) {
	tw := newTown(t)
	c, url := tw.open()
	bad := with(t, "registry.example.eu/tracker/migrate@", "unapproved.registry.com/tracker/migrate@")
	a := ask(t, c, url+"closed", bad)
	for _, part := range []string{"Paddock does not allow this Pod.", "unapproved.registry.com/tracker/migrate@", "(workload_image_not_approved)", "Fix: Use an image from registry.example.eu.",
		"(registry_not_allowed)", "(decision " + a.Response.AuditAnnotations["decision"] + ")"} {
		if !strings.Contains(a.message(), part) {
			t.Errorf("the message lacks %q: %s", part, a.message())
		}
	}
	if a.Response.Allowed || a.Response.Status.Code != 403.0 || a.Response.Status.Reason != "Forbidden" {
		t.Errorf("%+v", a)
	}
	if o := ask(t, c, url+"open", bad); !o.Response.Allowed {
		t.Errorf("no rule is left to the open webhook, but it says %+v", o)
	}
	ask(t, c, url+"closed", bad)
	if n := len(tw.kept()); n != 2 {
		t.Errorf("%d decisions: each denial is kept", n)
	}
	for range 40 {
		ask(t, c, url+"closed", bad)
	}
	if n := len(tw.kept()); n != 31 {
		t.Errorf("%d decisions: at most 30 equal denials of an app are kept in a minute", n)
	}
}

func TestWarningsAreShown(t *testing.T) {
	tw := newTown(t)
	c, url := tw.open()
	a := ask(t, c, url+"closed", with(t, `"runAsNonRoot":true`, `"runAsNonRoot":false`))
	if !a.Response.Allowed || len(a.Response.Warnings) != 3 || !strings.Contains(a.Response.Warnings[0], "may run as root. (may_be_root)") {
		t.Errorf("%+v", a)
	}
}

func TestAuditOnlyLetsRunAndSaysSo(t *testing.T) {
	tw := newTown(t, "admission: {mode: audit}")
	c, url := tw.open()
	a := ask(t, c, url+"closed", with(t, `"allowPrivilegeEscalation":false`, `"allowPrivilegeEscalation":true`))
	if !a.Response.Allowed || a.Response.AuditAnnotations["mode"] != "audit" || a.Response.AuditAnnotations["result"] != "deny" ||
		len(a.Response.Warnings) != 3 || !strings.HasPrefix(a.Response.Warnings[0], "Paddock would refuse this: ") {
		t.Errorf("%+v", a)
	}
	if kept := tw.kept(); len(kept) != 1 || kept[0].Result != core.Deny {
		t.Errorf("kept %+v", kept)
	}
	tw.govern() // in force again from the next review on
	if a := ask(t, c, url+"closed", with(t, `"allowPrivilegeEscalation":false`, `"allowPrivilegeEscalation":true`)); a.Response.Allowed {
		t.Error("the new revision is not in force")
	}
}

func TestDryRunLeavesNoTrace(t *testing.T) {
	tw := newTown(t)
	c, url := tw.open()
	before := len(tw.Events(0))
	dry := []string{`"dryRun":false`, `"dryRun":true`}
	if a := ask(t, c, url+"closed", with(t, append(dry, "registry.example.eu/mesh", "elsewhere.example/mesh")...)); a.Response.Allowed || a.Response.AuditAnnotations["decision"] != "" {
		t.Errorf("%+v", a)
	}
	if a := ask(t, c, url+"closed", with(t, dry...)); !a.Response.Allowed {
		t.Errorf("%+v", a)
	}
	tw.Must(tw.gates.Flush(tw.Ctx()))
	if n := len(tw.kept()); n != 0 || len(tw.Events(before)) != 0 {
		t.Errorf("%d decisions, events %v", n, tw.Events(before))
	}
}

func TestRulesOfTheOpenWebhook(t *testing.T) {
	tw := newTown(t, "admission: {fail_open: [may_escalate]}")
	c, url := tw.open()
	both := with(t, `"allowPrivilegeEscalation":false`, `"allowPrivilegeEscalation":true`, "registry.example.eu/mesh", "elsewhere.example/mesh")
	for asks, want := range map[string][2]string{"closed": {"workload_image_not_approved", "may_escalate"}, "open": {"may_escalate", "workload_image_not_approved"}, "all": {"may_escalate", ""}} {
		a := ask(t, c, url+asks, both)
		if a.Response.Allowed || !strings.Contains(a.message(), want[0]) || want[1] != "" && strings.Contains(a.message(), want[1]) {
			t.Errorf("%s says %s", asks, a.message())
		}
	}
}

func TestSparedReviewsAreNotLookedAt(t *testing.T) {
	tw := newTown(t)
	tw.store.down.Store(true)
	c, url := tw.open()
	for what, pairs := range map[string][]string{
		"kube-system": {`"namespace":"paddock-tracker--production"`, `"namespace":"kube-system"`}, "Paddock's own": {`"namespace":"paddock-tracker--production"`, `"namespace":"paddock"`},
		"deletion": {`"operation":"CREATE"`, `"operation":"DELETE"`}, "on its way out": {`"creationTimestamp"`, `"deletionTimestamp":"2026-01-01T00:00:00Z","creationTimestamp"`},
	} {
		if a := ask(t, c, url+"closed", with(t, append(pairs, "registry.example.eu", "elsewhere.example")...)); !a.Response.Allowed {
			t.Errorf("%s: %s", what, a.message())
		}
	}
	if len(tw.kept()) != 0 {
		t.Error("they were kept")
	}
}

// What the store cannot keep is not answered: the API server then does what the
// webhook's failurePolicy says.
func TestUnkeptIsUnanswered(t *testing.T) {
	tw := newTown(t)
	c, url := tw.open()
	tw.store.down.Store(true)
	if status, b := post(t, c, url+"closed", recorded(t)); status != http.StatusServiceUnavailable || !strings.Contains(string(b), "The database is gone.") {
		t.Errorf("HTTP %d: %s", status, b)
	}
	tw.store.down.Store(false)
	if a := ask(t, c, url+"closed", recorded(t)); !a.Response.Allowed || len(tw.kept()) != 1 {
		t.Errorf("%+v", a)
	}
}

func TestOtherNamespacesAndStates(t *testing.T) {
	tw := newTown(t)
	c, url := tw.open()
	if a := ask(t, c, url+"closed", with(t, `"namespace":"paddock-tracker--production"`, `"namespace":"stranger"`)); a.Response.Allowed || !strings.Contains(a.message(), `The namespace "stranger" belongs to no app.`) {
		t.Error(a.message())
	}
	tw.Must(tw.Quietly(tw.Ctx(), func(ctx context.Context) error { return tw.MoveApp(ctx, tw.app, core.AppArchived, 0, 1) }))
	if a := ask(t, c, url+"closed", recorded(t)); a.Response.Allowed || !strings.Contains(a.message(), "app_not_active") {
		t.Error(a.message())
	}
}

func TestHostileReviewsAreRefused(t *testing.T) {
	tw := newTown(t)
	c, url := tw.open()
	deep := strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)
	for what, x := range map[string]struct {
		body   []byte
		status int
		says   string
	}{
		"3 MiB and one byte":     {append(recorded(t), bytes.Repeat([]byte(" "), 3<<20)...), 413, "larger than 3 MiB"},
		"key twice":              {with(t, `"uid":"705ab4f5`, `"uid":"00000000-1","uid":"705ab4f5`), 400, "duplicate"},
		"key twice in a Pod":     {with(t, `"image":"registry.example.eu/mesh`, `"image":"good.example/x","image":"registry.example.eu/mesh`), 400, "duplicate"},
		"key twice, escaped":     {with(t, `"image":"registry.example.eu/mesh`, `"im\u0061ge":"good.example/x","image":"registry.example.eu/mesh`), 400, "duplicate"},
		"deep":                   {with(t, `"phase":"Pending"`, `"phase":`+deep), 400, "more than 100"},
		"deep and cut off":       {[]byte(strings.Repeat(`[`, 1<<20)), 400, "more than 100"},
		"no uid":                 {with(t, `"uid":"705ab4f5-6393-11e8-b7cc-42010a800002",`, ""), 400, "uid"},
		"uid of markup":          {with(t, "705ab4f5-6393", "<script>"), 400, "uid"},
		"another kind":           {with(t, `"kind":"AdmissionReview"`, `"kind":"TokenReview"`), 400, "TokenReview"},
		"another version":        {with(t, "admission.k8s.io/v1", "admission.k8s.io/v1beta1"), 400, "admissionReviewVersions"},
		"another operation":      {with(t, `"operation":"CREATE"`, `"operation":"create"`), 400, "operation"},
		"no request":             {[]byte(`{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}`), 400, "no request"},
		"no object":              {[]byte(`{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"1","kind":{"kind":"Pod"},"operation":"CREATE","namespace":"paddock-tracker--production"}}`), 400, "no object"},
		"containers are no list": {with(t, `"containers":[`, `"containers":{},"x":[`), 400, "cannot be read"},
		"two documents":          {append(recorded(t), recorded(t)...), 400, "cannot be read"},
		"not JSON":               {[]byte("hello"), 400, "cannot be read"},
		"nothing":                {nil, 400, "cannot be read"},
		"not UTF-8":              {with(t, "value-of-setting-number-1\"", "\xff\xfe\""), 400, "UTF-8"},
		"an amount that is none": {with(t, `"cpu":"300m"`, `"cpu":"1e999999999"`), 400, "is not an amount"},
	} {
		status, b := post(t, c, url+"closed", x.body)
		if status != x.status || !strings.Contains(string(b), x.says) || len(b) > 1000 {
			t.Errorf("%s: HTTP %d: %.300s", what, status, b)
		}
	}
	if a := ask(t, c, url+"closed", recorded(t)); !a.Response.Allowed {
		t.Error("the server does not serve any more")
	}
	if r, err := c.Get(url + "closed"); err != nil || r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: %v %v", r, err)
	}
	// A Pod of nearly 3 MB that is a workload is decided as any other.
	large := with(t, `"phase":"Pending"`, `"phase":"`+strings.Repeat("x", 3<<20-20_000)+`"`)
	if a := ask(t, c, url+"closed", large); !a.Response.Allowed {
		t.Error("a large Pod is not decided")
	}
}

// slow is a gate that answers when its time is up.
type slow struct{}

func (slow) Admit(ctx context.Context, _ admit.Review) (admit.Answer, error) {
	<-ctx.Done()
	return admit.Answer{}, core.Errorf(core.Unavailable, "The decision was interrupted.")
}

func TestAnswersWithinTheReviewsTime(t *testing.T) {
	tw := newTown(t)
	tw.door = &admission.Door{Gate: slow{}, Log: tw.Log}
	c, url := tw.open()
	began := time.Now()
	status, b := post(t, c, url+"closed?timeout=1s", recorded(t))
	if took := time.Since(began); status != http.StatusServiceUnavailable || took >= time.Second {
		t.Errorf("after %s HTTP %d: %s", took, status, b)
	}
}

// Reviews that wait for the store share its commits, and each is kept before it
// is answered.
func TestManyAtOnceAreAllKept(t *testing.T) {
	tw := newTown(t)
	c, url := tw.open()
	var all sync.WaitGroup
	for i := range 60 {
		body := with(t, `"cpu":"300m"`, fmt.Sprintf(`"cpu":"%dm"`, 1+i))
		all.Go(func() {
			r, err := c.Post(url+"closed", "application/json", bytes.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			r.Body.Close()
			if r.StatusCode != http.StatusOK {
				t.Error(r.Status)
			}
		})
	}
	all.Wait()
	if n := len(tw.kept()); n != 60 {
		t.Errorf("%d of 60 are kept", n)
	}
}
