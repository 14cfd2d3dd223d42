package run

import (
	"net/http"
	"sync/atomic"
)

// counted is a response writer that notes the status, the bytes, and when it
// waits for the visitor.
type counted struct {
	http.ResponseWriter
	status  int
	bytes   atomic.Int64
	writing *atomic.Int64 // writes that wait now; nil outside a proxied request
}

// WriteHeader notes the status.
func (c *counted) WriteHeader(status int) {
	if c.status == 0 && status >= 200 {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (c *counted) Write(p []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	if c.writing != nil {
		c.writing.Add(1)
		defer c.writing.Add(-1)
	}
	n, err := c.ResponseWriter.Write(p)
	c.bytes.Add(int64(n))
	return n, err
}

// Unwrap lets http.ResponseController reach flushing.
func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }
