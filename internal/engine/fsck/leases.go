package fsck

import (
	"context"
	"strconv"
	"time"

	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

// second is the precision of the ends that events name, in microseconds.
const second = 1_000_000

// leases follows each lease through the log: it was used or renewed only while
// it was in force, and lasts no longer than what was logged (promise 6).
func (l *look) leases(ctx context.Context) error {
	f := l.check("lease-ended", fixTamper)
	type lease struct{ end, revoked int64 }
	rows, logged := map[string]lease{}, map[string]int64{}
	err := l.each(ctx, `SELECT id, CAST(expires AS TEXT), CAST(revoked AS TEXT) FROM lease`, 3, func(row []string) error {
		rows[row[0]] = lease{number(row[1]), number(row[2])}
		return nil
	})
	if err != nil {
		return err
	}
	for _, action := range []string{"secret.lease", "secret.renew"} {
		err := l.events(ctx, action, func(e *verify.Leaf) {
			id := data(e, "lease")
			row, ok := rows[id]
			if !ok {
				f.tell("A lease that was logged is gone.", "lease "+id, "event "+e.ID)
				return
			}
			if row.revoked != 0 && e.At > row.revoked {
				f.tell("A lease was renewed after it had been revoked.", "lease "+id, "event "+e.ID)
			}
			if end := logged[id]; action == "secret.renew" && end != 0 && e.At > end+second {
				f.tell("A lease was renewed after its end.", "lease "+id, "event "+e.ID)
			}
			if end, err := time.Parse(time.RFC3339, data(e, "expires")); err == nil {
				logged[id] = max(logged[id], end.UnixMicro())
			}
		})
		if err != nil {
			return err
		}
	}
	for id, row := range rows {
		if end := logged[id]; end != 0 && row.end > end+second {
			f.tell("A lease lasts longer than what was logged.", "lease "+id, strconv.FormatInt(row.end, 10))
		}
	}
	return nil
}

// number reads a stored number; what is none is 0.
func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}
