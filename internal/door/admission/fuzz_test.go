package admission_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/admission"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/admit"
)

// reader is a gate that reads all that policy would see, and denies it.
type reader struct{ t *testing.T }

func (g reader) Admit(_ context.Context, r admit.Review) (admit.Answer, error) {
	var w policy.Workload
	if err := r.Object.Fill(&w); err != nil {
		return admit.Answer{}, err
	}
	for _, c := range w.Containers {
		if c.CPUMillis < 0 || c.MemoryMiB < 0 || c.CPURequest < 0 || c.MemoryRequest < 0 {
			g.t.Errorf("an amount below nothing: %+v", c)
		}
	}
	var err error
	if w.Object, err = admit.Plain(r.Raw()); err != nil {
		g.t.Errorf("what was decoded cannot be copied: %v", err)
	}
	facts, err := policy.Prepare(policy.Input{})
	if err != nil {
		g.t.Fatal(err)
	}
	doc, _, err := facts.Canonical("2026-03-02T09:00:00Z", w)
	if err != nil {
		return admit.Answer{}, err
	}
	if _, err := policy.ReadInput(doc); err != nil {
		g.t.Errorf("policy's input cannot be read again: %v\n%s", err, doc)
	}
	return admit.Answer{Decision: core.Decision{ID: "1", Verdicts: core.Verdicts{Deny: []core.Reason{{Code: "no", Message: w.Name}}}}}, nil
}

// Whatever is sent: an answer to that very uid, or a status with a reason.
func FuzzAdmissionReview(f *testing.F) {
	f.Add(recorded(f))
	f.Add([]byte(`{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"1","kind":{"kind":"CronJob","group":"batch","version":"v1"},"operation":"UPDATE","object":{"spec":{"jobTemplate":{"spec":{"template":{"spec":{"containers":[{"resources":{"limits":{"cpu":1.5,"memory":"1e3Ki"}}}]}}}}}}}}`))
	f.Add([]byte(`{"request":{"object":{"spec":{"containers":[{"env":[{"name":"a","value":"b"}]}]}}}}`))
	f.Add([]byte(`[[[[`))
	f.Fuzz(func(t *testing.T, body []byte) {
		door := &admission.Door{Gate: reader{t}, Log: slog.New(slog.DiscardHandler)}
		rec := httptest.NewRecorder()
		door.Handler().ServeHTTP(rec, httptest.NewRequest("POST", "/admit/closed", bytes.NewReader(body)))
		if rec.Code != http.StatusOK {
			if rec.Code >= 500 || rec.Body.Len() < 5 {
				t.Errorf("HTTP %d: %s", rec.Code, rec.Body)
			}
			return
		}
		var out said
		var in struct{ Request struct{ UID string } }
		if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(body, &in); err != nil || out.Response.UID != in.Request.UID || out.Response.UID == "" {
			t.Errorf("the answer is for %q, the review is %q, %v", out.Response.UID, in.Request.UID, err)
		}
	})
}
