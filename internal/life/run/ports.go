package run

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
)

// Meter keeps what apps used. Record adds the delta u to what is known of its
// app and hour; lastUse is the Stamp of the app's last request, 0 if there was
// none since the last call. On an error the delta is offered again later.
type Meter interface {
	Record(ctx context.Context, u core.Usage, lastUse int64) error
}

// Incidents takes what security should know of.
type Incidents interface {
	Record(ctx context.Context, i core.Incident) error
}
