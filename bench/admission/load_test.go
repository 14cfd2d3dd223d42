package admission

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// load sends one request again and again over some connections.
type load struct {
	address string
	path    string
	body    []byte
	says    string // what each answer must hold
	mark    []byte // is replaced by a number of the same length in every second request, so that it was never seen
}

// result is what a load came to.
type result struct {
	rate     float64 // requests a second
	p50, p99 time.Duration
}

// run loads a server for some time.
func (l load) run(b *testing.B, connections int, while time.Duration, count *atomic.Int64) result {
	var all []time.Duration
	var mu sync.Mutex
	var wait sync.WaitGroup
	began := time.Now()
	for range connections {
		wait.Go(func() {
			took, err := l.one(began.Add(while), count)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
			if err != nil {
				b.Error(l.address, err)
			}
		})
	}
	wait.Wait()
	elapsed := time.Since(began)
	if len(all) == 0 {
		b.Fatalf("%s answered nothing", l.address)
	}
	slices.Sort(all)
	return result{rate: float64(len(all)) / elapsed.Seconds(), p50: all[len(all)/2], p99: all[len(all)*99/100]}
}

// one sends requests over one connection until the time is up.
func (l load) one(end time.Time, count *atomic.Int64) (took []time.Duration, err error) {
	c, err := tls.Dial("tcp", l.address, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // both ends are this benchmark
	if err != nil {
		return nil, err
	}
	defer c.Close()
	head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", l.path, len(l.body))
	request := append([]byte(head), l.body...)
	in := bufio.NewReaderSize(c, 16<<10)
	answer := make([]byte, 0, 16<<10)
	for time.Now().Before(end) {
		if n := count.Add(1); len(l.mark) > 0 && n%2 == 0 {
			at := bytes.Index(request, l.mark)
			copy(request[at+len(l.mark):], fmt.Sprintf("%012d", n))
		} else if len(l.mark) > 0 {
			at := bytes.Index(request, l.mark)
			copy(request[at+len(l.mark):], "000000000000")
		}
		began := time.Now()
		if _, err := c.Write(request); err != nil {
			return took, err
		}
		r, err := http.ReadResponse(in, nil)
		if err != nil {
			return took, err
		}
		buf := bytes.NewBuffer(answer[:0])
		_, err = io.Copy(buf, r.Body)
		r.Body.Close()
		if err != nil || r.StatusCode != http.StatusOK || !bytes.Contains(buf.Bytes(), []byte(l.says)) {
			return took, fmt.Errorf("HTTP %d: %.300s (%v)", r.StatusCode, buf, err)
		}
		took = append(took, time.Since(began))
	}
	return took, nil
}
