package app

import (
	"context"
	"fmt"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/door/desk"
	"github.com/paddock-dev/paddock/internal/engine/identity"
)

// Seal makes codes for the safe, straight in the database of a data folder.
func Seal(ctx context.Context, dataDir, database, email string, n int) ([]string, error) {
	var out []string
	err := offline(ctx, dataDir, database, func(db *store.DB, people *identity.Service, _ auditor, _ core.Clock) error {
		p, err := db.PersonByEmail(ctx, email)
		if err != nil {
			return err
		}
		codes, err := people.Seal(ctx, core.System("paddock break-glass seal"), p.ID, n)
		for _, c := range codes {
			out = append(out, desk.Reveal(c))
		}
		return err
	})
	return out, err
}

// SealedCodes lists codes and their uses, and records that it did.
func SealedCodes(ctx context.Context, dataDir, database string) ([]cli.Sealed, error) {
	out := []cli.Sealed{}
	err := offline(ctx, dataDir, database, func(db *store.DB, people *identity.Service, log auditor, clock core.Clock) error {
		all, err := people.SealedCodes(ctx)
		if err != nil {
			return err
		}
		now := clock.Now()
		for _, c := range all {
			p, err := db.Person(ctx, c.Person)
			if err != nil {
				return err
			}
			s := cli.Sealed{ID: string(c.ID), Holder: p.Email, Sealed: core.Moment(c.Sealed), Days: int(now.Sub(core.Moment(c.Sealed)).Hours() / 24), Reason: c.Reason, Reviewed: c.Reviewed != 0}
			if c.Used != 0 {
				s.Used = core.Moment(c.Used)
			}
			out = append(out, s)
		}
		return db.InTx(ctx, func(ctx context.Context) error {
			return log.Append(ctx, core.Event{Action: "emergency.list", Actor: core.System("paddock break-glass list"), Code: "ok", Data: map[string]string{"codes": fmt.Sprint(len(out))}})
		})
	})
	return out, err
}
