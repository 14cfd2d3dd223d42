package run

import (
	"errors"
	"net"
	"syscall"
)

// patientConn is a connection to an app that may answer before it has read the
// whole request, and close. Writing the rest then fails, but the answer is
// there: what is read decides, not what could no longer be written.
type patientConn struct{ net.Conn }

// Write implements net.Conn.
func (c patientConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) {
		return len(b), nil
	}
	return n, err
}
