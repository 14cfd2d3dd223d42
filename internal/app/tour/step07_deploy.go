package tour

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/app/visit"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// deployInRegion deploys to the app's region. A colleague reaches the app at
// its own address, a stranger does not, and another region is refused.
func deployInRegion(ctx context.Context, r *road) (evidence, error) {
	if err := r.deploy(ctx, r.app, r.artifact, "eu-sovereign"); err != nil {
		return nil, err
	}
	address, err := r.address(ctx, r.app)
	if err != nil {
		return nil, err
	}
	status, text, err := r.colleague.Page(ctx, address+"/")
	live := time.Since(r.pushed)
	if err := visit.First(err, visit.Must(status == http.StatusOK && contains(text, "<form"), "a colleague is answered %d: %.200s", status, text)); err != nil {
		return nil, err
	}
	if err := r.addCandidate(ctx, address, "Ada Lovelace", "ada@example.org"); err != nil {
		return nil, err
	}
	status, text, err = r.stranger.Page(ctx, address+"/api/candidates")
	if err := visit.First(err, visit.Must(!contains(text, "Lovelace") && contains(text, "ign in"), "a stranger is answered %d: %.200s", status, text)); err != nil {
		return nil, err
	}
	pr, err := visit.Refused(r.deploy(ctx, r.app, r.artifact, "us-east-1"), core.Denied)
	if err != nil {
		return nil, err
	}
	return evidence{"address": address, "colleague": "answered", "stranger": "sees the sign-in page instead", "us-east-1": strings.Join(messages(pr), " "), "push of the fix to live, s": fmt.Sprintf("%.1f", live.Seconds())}, nil
}

// address returns where an app answers.
func (r *road) address(ctx context.Context, app string) (string, error) {
	var a view.App
	err := r.maker.Call(ctx, "GET", "/apps/"+app, nil, &a)
	return a.Address, visit.First(err, visit.Must(a.Address != "", "%s has no address", app))
}

// addCandidate adds a candidate through the app's own form address and reads
// the list again.
func (r *road) addCandidate(ctx context.Context, address, name, email string) error {
	status, text, err := r.colleague.Send(ctx, address+"/api/candidates", map[string]string{"name": name, "email": email, "stage": "new", "note": "met at the fair"})
	if err := visit.First(err, visit.Must(status < 300, "adding a candidate is answered %d: %.200s", status, text)); err != nil {
		return err
	}
	return r.listed(ctx, address, name)
}

// listed demands that a candidate is in the app's list.
func (r *road) listed(ctx context.Context, address, name string) error {
	status, text, err := r.colleague.Page(ctx, address+"/api/candidates")
	return visit.First(err, visit.Must(status == http.StatusOK && contains(text, name), "%s is not in the list (%d): %.200s", name, status, text))
}
