package admission

import (
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Files are where the door's certificates are.
type Files struct {
	Cert, Key string
	ClientCA  string // of the API server; empty if callers need no certificate
}

// certificates holds what was read from the files, and reads them again when they
// have changed. Files that cannot be read leave the former ones in force.
type certificates struct {
	files Files
	log   *slog.Logger

	mu     sync.Mutex
	seen   []mark
	read   time.Time // when they were seen
	config *tls.Config
}

// settled is how old a file's time must be when it is read, for the time to tell
// later whether it has changed: times of files are coarse. Younger ones are read
// again at each handshake.
const settled = time.Second

// mark is how a file looked when it was read.
type mark struct {
	size  int64
	wrote time.Time
}

// openCertificates reads the files for the first time. Errors: Unreadable, Invalid.
func openCertificates(files Files, log *slog.Logger) (*certificates, error) {
	c := &certificates{files: files, log: log}
	read := time.Now()
	seen, err := c.look()
	if err != nil {
		return nil, err
	}
	c.seen, c.read = seen, read
	c.config, err = files.load()
	return c, err
}

// TLS is the listener's configuration. Each handshake looks whether the files have
// changed, which costs three calls of stat.
func (c *certificates) TLS() *tls.Config {
	first := c.current()
	first.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return c.current(), nil }
	return first
}

func (c *certificates) current() *tls.Config {
	c.mu.Lock()
	defer c.mu.Unlock()
	read := time.Now()
	seen, err := c.look()
	if err == nil && !c.same(seen) {
		var fresh *tls.Config
		if fresh, err = c.files.load(); err == nil {
			c.config, c.seen, c.read = fresh, seen, read
			c.log.Debug("admission: certificates read again", "cert", c.files.Cert)
		}
	}
	if err != nil {
		c.log.Warn("admission: certificates cannot be read again; the former ones stay", "error", err)
	}
	return c.config.Clone()
}

func (c *certificates) look() ([]mark, error) {
	var out []mark
	for _, name := range []string{c.files.Cert, c.files.Key, c.files.ClientCA} {
		if name == "" {
			continue
		}
		info, err := os.Stat(name)
		if err != nil {
			return nil, &core.Error{Code: core.Unreadable, Msg: "The file " + name + " cannot be read.", Hint: "Check the settings that start with admission_.", Err: err}
		}
		out = append(out, mark{info.Size(), info.ModTime()})
	}
	return out, nil
}

// same reports whether the files are surely those that were read.
func (c *certificates) same(now []mark) bool {
	for i, m := range now {
		if m.size != c.seen[i].size || !m.wrote.Equal(c.seen[i].wrote) || m.wrote.After(c.read.Add(-settled)) {
			return false
		}
	}
	return true
}

// load reads certificate, key and the CA of callers.
func (f Files) load() (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(f.Cert, f.Key)
	if err != nil {
		return nil, (&core.Error{Code: core.Invalid, Msg: "The certificate " + f.Cert + " and the key " + f.Key + " do not fit together.", Err: err}).
			Hinted("Both are PEM files. Make them again, or set admission_cert and admission_key.")
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}, NextProtos: []string{"h2", "http/1.1"}}
	if f.ClientCA == "" {
		return c, nil
	}
	pem, err := os.ReadFile(f.ClientCA)
	if err != nil {
		return nil, &core.Error{Code: core.Unreadable, Msg: "The file " + f.ClientCA + " cannot be read.", Hint: "Set admission_client_ca to the CA of the API server's client certificate.", Err: err}
	}
	c.ClientCAs, c.ClientAuth = x509.NewCertPool(), tls.RequireAndVerifyClientCert
	if !c.ClientCAs.AppendCertsFromPEM(pem) {
		return nil, core.Errorf(core.Invalid, "The file %s holds no certificate.", f.ClientCA).Hinted("Set admission_client_ca to a PEM file.")
	}
	return c, nil
}
