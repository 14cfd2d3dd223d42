package notify

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
)

// Group is a person's unread notices about one app, newest first. AppID is
// empty for notices about no app.
type Group struct {
	AppID   core.ID
	Notices []core.Notice
}

// Digest returns what a person has not read yet, in one group for each app;
// the group with the newest notice comes first. It changes nothing.
func (n *Notifier) Digest(ctx context.Context, person core.ID) ([]Group, error) {
	all, err := n.notices.Notices(ctx, person)
	if err != nil {
		return nil, err
	}
	var groups []Group
	place := map[core.ID]int{}
	for _, msg := range all {
		if msg.Read != 0 {
			continue
		}
		i, ok := place[msg.AppID]
		if !ok {
			i = len(groups)
			place[msg.AppID] = i
			groups = append(groups, Group{AppID: msg.AppID})
		}
		groups[i].Notices = append(groups[i].Notices, msg)
	}
	return groups, nil
}
