package egress

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// A refused host is recorded once in a window, and an app that tries very many
// hosts fills only so many places.
const (
	reportWindow = time.Hour
	maxReported  = 200
)

// report records a refusal as an incident, once per host and window.
func (g *Gateway) report(ctx context.Context, no *refusal) {
	now := g.o.Clock.Now()
	if g.o.Incidents == nil || !g.first(no.Host+" "+no.Why, now) {
		return
	}
	p := g.policy.Load()
	sum := sha256.Sum256([]byte(string(p.AppID) + "\x00" + no.Host + "\x00" + no.Why))
	// The record is kept even if the app hangs up now.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := g.o.Incidents.Record(ctx, core.Incident{
		ID: g.o.IDs.New(now), Kind: "egress_refused", AppID: p.AppID,
		Actor: core.Actor{Kind: core.ActorApp, ID: p.AppID, Name: p.AppName, Door: "app"},
		What:  no.What + " " + no.Why, Place: no.Host, Fingerprint: hex.EncodeToString(sum[:16]), At: core.Stamp(now),
	})
	if err != nil {
		g.o.Log.Error("a refused call was not recorded", "app", p.AppID, "host", no.Host, "err", err)
	}
}

// first reports whether key was not recorded within the window, and notes it.
func (g *Gateway) first(key string, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if last, ok := g.reported[key]; ok && now.Sub(last) < reportWindow {
		return false
	}
	if len(g.reported) >= maxReported {
		for k, at := range g.reported {
			if now.Sub(at) >= reportWindow {
				delete(g.reported, k)
			}
		}
		if len(g.reported) >= maxReported {
			return false
		}
	}
	g.reported[key] = now
	return true
}
