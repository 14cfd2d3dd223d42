package govern

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// expiredSetting keeps which ended exemptions have had their event.
const expiredSetting = "governance.expired"

// Expired writes one event for each exemption in force that has ended. It is
// book-keeping: an exemption ends by itself, whether this runs or not.
func (s *Service) Expired(ctx context.Context) error {
	rev, today := s.Shelf.Current(), s.Clock.Now().UTC().Format(time.DateOnly)
	told, err := s.Store.Setting(ctx, expiredSetting)
	if err != nil {
		return err
	}
	before, ended, fresh := strings.Split(told, "\n"), []string{}, []catalog.Exemption{}
	for _, e := range rev.Exemptions {
		if e.Expires >= today {
			continue
		}
		ended = append(ended, e.Key()+" "+e.Expires)
		if !slices.Contains(before, ended[len(ended)-1]) {
			fresh = append(fresh, e)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		for _, e := range fresh {
			err := s.event(ctx, "exemption.expire", core.System("sweep"), e.Key(), exemptionData(e.Exemption, rev.ID))
			if err != nil {
				return err
			}
		}
		return s.Store.PutSetting(ctx, expiredSetting, strings.Join(ended, "\n"))
	})
}
