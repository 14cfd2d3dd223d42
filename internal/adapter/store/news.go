package store

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// News says that something has changed which servers hold in memory.
type News struct {
	Topic   Topic
	Subject string // name of the setting, or id of the app
}

// Topic is a kind of news.
type Topic string

// The topics.
const (
	SettingChanged    Topic = "setting"
	DeploymentChanged Topic = "deployment"
)

// channel is where PostgreSQL carries news.
const channel = "paddock_news"

// reconnect is how long a listener that lost the database waits before it tries
// again.
const reconnect = 250 * time.Millisecond

// announce tells all servers on this database, this one too, once the
// transaction of ctx has committed. On SQLite there is nobody to tell.
func (d *DB) announce(ctx context.Context, n News) error {
	t := txOf(ctx)
	if t == nil || d.Engine() != Postgres {
		return nil
	}
	_, err := t.tx.ExecContext(ctx, "SELECT pg_notify($1, $2)", channel, string(n.Topic)+":"+n.Subject)
	return broken("Telling the other servers", err)
}

// Follow hears news of this database until ctx ends: hear is called for each
// change in the order of the commits, and missed, first of all and after each
// loss of the connection, when changes may have gone unheard. Both are called one
// at a time. On SQLite it only waits: nobody else writes there. It returns nil.
func (d *DB) Follow(ctx context.Context, hear func(context.Context, News), missed func(context.Context)) error {
	for ctx.Err() == nil {
		if d.Engine() == Postgres {
			d.listen(ctx, hear, missed)
		}
		select {
		case <-ctx.Done():
		case <-time.After(d.retry()):
		}
	}
	return nil
}

func (d *DB) retry() time.Duration {
	if d.Engine() == Postgres {
		return reconnect
	}
	return time.Hour
}

// listen hears news on one connection until that is lost.
func (d *DB) listen(ctx context.Context, hear func(context.Context, News), missed func(context.Context)) {
	conn, err := pgx.Connect(ctx, d.where.URL)
	if err != nil {
		return
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return
	}
	missed(ctx)
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return
		}
		if topic, subject, ok := strings.Cut(n.Payload, ":"); ok {
			hear(ctx, News{Topic: Topic(topic), Subject: subject})
		}
	}
}
