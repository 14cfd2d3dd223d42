package retire

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// tellOwners tells the owner and the co-owners of an app, or the platform team
// when none of them is there any more (promise 10).
func (r *Retirer) tellOwners(ctx context.Context, a core.App, n core.Notice) error {
	all, err := r.Store.People(ctx)
	if err != nil {
		return err
	}
	who := slices.DeleteFunc(slices.Clone(all), func(p core.Person) bool { return p.Disabled || !authz.Owns(p, a) })
	if len(who) == 0 {
		n.Body += " Its owner has left."
		who = platformTeam(all)
	}
	for _, p := range who {
		n.Person = p.ID
		if err := r.Teller.Tell(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

func platformTeam(all []core.Person) []core.Person {
	return slices.DeleteFunc(slices.Clone(all), func(p core.Person) bool { return p.Disabled || !p.Has(core.RolePlatform) })
}

// queuedNotice asks the owners; its key is new each time the app is queued.
func queuedNotice(a idling, rules Rules) core.Notice {
	return core.Notice{AppID: a.ID, Key: "app.idle:" + string(a.ID) + ":" + strconv.FormatInt(a.IdleSince, 10), Title: fmt.Sprintf("%s: still needed?", a.Name), Link: page(a.App),
		Body: fmt.Sprintf("Nobody has used %s for %d days. After %d days it goes to the archive. Press Reactivate to keep it.",
			a.Name, days(a.idle), days(rules.ArchiveAfter))}
}

func heldNotice(p core.Person, since string, names []string, most int) core.Notice {
	return core.Notice{Person: p.ID, Key: "retire.held:" + since, Title: fmt.Sprintf("%d apps would go to the archive at once", len(names)), Link: "/",
		Body: fmt.Sprintf("That is more than %d, so none was archived. Check that use is still recorded. Then archive or reactivate them one by one: %s.", most, shorten(names))}
}

func page(a core.App) string { return "/apps/" + url.PathEscape(a.Name) }
