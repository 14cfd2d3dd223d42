package store

import (
	"context"
	"database/sql"
	"net"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
)

// restless is how long a connection may lie idle before it is asked whether it
// lives, although nothing has come from it.
const restless = time.Second

// doubtful says which pooled connections are asked whether they live before they
// are used again: those that lay idle for long, and those that something has come
// from meanwhile. A server that ends a connection says so or closes it, so that
// after a restart of the database no dead connection is used.
func doubtful(_ context.Context, p stdlib.ShouldPingParams) bool {
	return p.IdleDuration > restless || stirred(p.Conn.PgConn().Conn())
}

// stirred reports whether something, be it the end, waits to be read from a
// connection. It asks the system only, not the other side.
func stirred(c net.Conn) bool {
	if t, ok := c.(interface{ NetConn() net.Conn }); ok { // TLS
		c = t.NetConn()
	}
	s, ok := c.(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return true
	}
	waits := true
	// Control, not Read: the driver may have a reader of its own waiting there, and
	// Read would wait for that one.
	err = raw.Control(func(fd uintptr) {
		_, _, err := syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		waits = err != syscall.EAGAIN && err != syscall.EINTR
	})
	return waits || err != nil
}

// gone reports whether a connection to PostgreSQL is known to be lost. The server
// has then undone what was not committed on it.
func gone(conn *sql.Conn) bool {
	lost := false
	err := conn.Raw(func(c any) error {
		if pg, ok := c.(*stdlib.Conn); ok {
			lost = pg.Conn().IsClosed()
		}
		return nil
	})
	return lost || err != nil
}
