package cli

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/life/catalog/carry"
)

// maxLent bounds a file with rules, in bytes.
const maxLent = 16 << 20

// rulePlace is where a person keeps what a server gave: its rules, which may go at
// any time, and its key, which may not. Either is "" where there is no such folder.
type rulePlace struct{ file, key string }

// rulePlace finds it from the person's environment.
func (c *checkServer) rulePlace(std IO) (rulePlace, error) {
	sum := sha256.Sum256([]byte(strings.TrimRight(c.Server, "/")))
	name := hex.EncodeToString(sum[:8])
	app := c.App
	if app == "" {
		app = "no-app"
	}
	if strings.ContainsAny(app, "/\\") || len(app) > 100 {
		return rulePlace{}, core.Errorf(core.Invalid, "%.60q is not the name of an app.", app).Hinted("Give the name that the server shows.").At("--app")
	}
	var p rulePlace
	if dir := std.own("XDG_CACHE_HOME", ".cache"); dir != "" {
		p.file = filepath.Join(dir, "paddock", "rules", name, app+".tar.gz")
	}
	if dir := std.own("XDG_CONFIG_HOME", ".config"); dir != "" {
		p.key = filepath.Join(dir, "paddock", "servers", name+".pub")
	}
	return p, nil
}

// own is a folder of the person: the variable's, or one below the home folder.
func (std IO) own(variable, name string) string {
	if std.Env == nil {
		return ""
	}
	if dir, _ := std.Env(variable); filepath.IsAbs(dir) {
		return dir
	}
	if home, _ := std.Env("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, name)
	}
	return ""
}

// rules asks the server. When it does not answer, silent says so in words.
func (c *checkServer) rules(ctx context.Context, std IO, p rulePlace) (file []byte, silent string, err error) {
	s := c.server()
	req, err := s.request(ctx, std, http.MethodGet, "", nil, map[string]string{"app": c.App}, []string{"rules"})
	if err != nil {
		return nil, "", err
	}
	known, _ := p.kept()
	if known != nil {
		req.Header.Set("If-None-Match", etag(known))
	}
	resp, err := s.hear(req)
	if err != nil {
		return nil, fmt.Sprintf("The server %s does not answer (%s)", c.Server, unanswered(err)), nil
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusNotModified && known != nil:
		return known, "", nil
	case resp.StatusCode >= http.StatusInternalServerError:
		return nil, fmt.Sprintf("The server %s has a fault of its own (%s)", c.Server, resp.Status), nil
	case resp.StatusCode != http.StatusOK:
		return nil, "", c.refused(resp, "lend rules for checking")
	}
	file, err = io.ReadAll(io.LimitReader(resp.Body, maxLent+1))
	if err != nil || resp.ContentLength >= 0 && int64(len(file)) != resp.ContentLength {
		return nil, fmt.Sprintf("The answer of %s broke off", c.Server), nil
	}
	if len(file) > maxLent {
		return nil, "", core.Errorf(core.TooLarge, "The server's rules are larger than %d bytes.", maxLent).Hinted("Ask the platform team to make the governance repository smaller.")
	}
	return file, "", nil
}

// unanswered says why there was no answer, without the address once more.
func unanswered(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		return cause(u.Err)
	}
	return cause(err)
}

// refused is what a server says, with what to do about it here.
func (c *checkServer) refused(resp *http.Response, what string) error {
	e := core.AsError(refused(resp))
	switch {
	case e.Code == core.NotFound && strings.HasPrefix(e.Msg, "There is nothing at "):
		return core.Errorf(core.NotFound, "The server %s cannot %s: it is older than this program.", c.Server, what).Hinted("Ask the platform team to update it. Until then, leave --server out.")
	case e.Code == core.NotFound && c.App != "":
		return e.Hinted("Name the app as the server does, with --app NAME. An app that is not there yet is made on the page New app.")
	case e.Code == core.Unauthorized:
		return e.Hinted("The token may have ended. Make a new one on the page Access tokens, and give it in PADDOCK_TOKEN or with --token-file FILE.")
	}
	return e
}

func etag(file []byte) string {
	sum := sha256.Sum256(file)
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

// kept is the file of the last time, and when the server last said that it is good.
func (p rulePlace) kept() ([]byte, time.Time) {
	if p.file == "" {
		return nil, time.Time{}
	}
	f, err := os.Open(p.file)
	if err != nil {
		return nil, time.Time{}
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxLent {
		return nil, time.Time{}
	}
	b, err := io.ReadAll(io.LimitReader(f, maxLent))
	if err != nil {
		return nil, time.Time{}
	}
	return b, info.ModTime()
}

// keep puts a file by for the next time. Where that is not possible, the next time
// asks again.
func (p rulePlace) keep(std IO, file []byte) error {
	if p.file == "" {
		return nil
	}
	err := os.MkdirAll(filepath.Dir(p.file), 0o700)
	if old, _ := p.kept(); err == nil && !bytes.Equal(old, file) {
		err = writeWhole(std, p.file, func(w io.Writer) error { _, err := w.Write(file); return err })
	}
	if err == nil {
		err = os.Chtimes(p.file, std.now(), std.now())
	}
	if err != nil {
		fmt.Fprintf(std.Err, "The rules cannot be kept for a time without the server: %s.\n", cause(err))
	}
	return nil
}

// open verifies a file by the server's key and reads it.
func (p rulePlace) open(std IO, c checkServer, file []byte) (*Lent, error) {
	text, first, err := p.serverKey(std, c, file)
	if err != nil {
		return nil, err
	}
	key, err := seal.ParsePublicPEM(text)
	if err != nil {
		return nil, core.AsError(err).Hinted("Use the server's keys/signing.pub.").At("--server-key")
	}
	b, err := carry.ReadRules(file, key)
	if core.CodeOf(err) == core.Forbidden {
		hint := "If it has a new key on purpose, get it by a way that you trust, and name it with --server-key."
		if c.ServerKey == "" {
			hint += " Or delete " + p.key + " to meet the server anew."
		}
		return nil, core.Errorf(core.Forbidden, "The rules of %s are not signed by the key that is known of it. They were not used.", c.Server).Hinted("%s", hint)
	}
	if err != nil {
		return nil, err
	}
	if b.App != c.App {
		return nil, core.Errorf(core.Invalid, "The server sent the rules for the app %q, not for %q.", b.App, c.App).Hinted("Try again.")
	}
	if first {
		p.meet(std, c, text, b.Installation)
	}
	return &Lent{Files: b.Contents, Commit: b.Commit, Policy: b.PolicyRevision, Halted: b.Halted}, nil
}

// serverKey returns the server's key: the one that was given, else the one of the
// first meeting; at that meeting, first, the one that the file names.
func (p rulePlace) serverKey(std IO, c checkServer, file []byte) (text []byte, first bool, err error) {
	if c.ServerKey != "" {
		text, err = readFile(std, c.ServerKey, maxKey)
		return text, false, err
	}
	if p.key != "" {
		text, err = os.ReadFile(p.key)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return text, false, err
		}
	}
	said, err := carry.KeyOf(file)
	return []byte(said), true, err
}

// meet remembers a server's key.
func (p rulePlace) meet(std IO, c checkServer, key []byte, installation string) {
	id := installation
	if pub, err := seal.ParsePublicPEM(key); err == nil {
		id, _ = seal.KeyIDOf(pub)
	}
	if p.key == "" {
		fmt.Fprintf(std.Err, "The key of %s is %s. It cannot be remembered here; give it with --server-key FILE.\n", c.Server, id)
		return
	}
	err := os.MkdirAll(filepath.Dir(p.key), 0o700)
	if err == nil {
		err = os.WriteFile(p.key, key, 0o600)
	}
	if err != nil {
		fmt.Fprintf(std.Err, "The key of %s, %s, cannot be remembered: %s.\n", c.Server, id, cause(err))
		return
	}
	fmt.Fprintf(std.Err, "This is the first meeting with %s. Its key %s is remembered from now on.\n", c.Server, id)
}
