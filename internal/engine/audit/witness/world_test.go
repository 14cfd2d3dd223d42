package witness

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err, core.AsError(err).Err)
	}
}

// treeLog is a log in memory, made by x/mod alone.
type treeLog struct {
	t      testing.TB
	signer note.Signer
	vkey   string
	hashes []tlog.Hash
	size   int64
}

func newLog(t testing.TB, origin string) *treeLog {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, origin)
	check(t, err)
	signer, err := note.NewSigner(skey)
	check(t, err)
	return &treeLog{t: t, signer: signer, vkey: vkey}
}

// fork returns a copy that can grow in another way.
func (l *treeLog) fork() *treeLog {
	c := *l
	c.hashes = append([]tlog.Hash(nil), l.hashes...)
	return &c
}

// ReadHashes implements tlog.HashReader.
func (l *treeLog) ReadHashes(indexes []int64) (out []tlog.Hash, err error) {
	for _, i := range indexes {
		out = append(out, l.hashes[i])
	}
	return out, nil
}

func (l *treeLog) grow(n int, leaf string) {
	for range n {
		h, err := tlog.StoredHashes(l.size, fmt.Appendf(nil, "%s %d", leaf, l.size), l)
		check(l.t, err)
		l.hashes = append(l.hashes, h...)
		l.size++
	}
}

func (l *treeLog) head() (string, audit.Checkpoint) {
	root, err := tlog.TreeHash(l.size, l)
	check(l.t, err)
	c := audit.Checkpoint{Origin: l.signer.Name(), Size: l.size, Root: root}
	signed, err := c.Sign(l.signer)
	check(l.t, err)
	return signed, c
}

// Checkpoint implements Log.
func (l *treeLog) Checkpoint(context.Context) (string, audit.Checkpoint, error) {
	if l.size == 0 {
		return "", audit.Checkpoint{}, core.Errorf(core.NotFound, "empty")
	}
	signed, c := l.head()
	return signed, c, nil
}

// ProveConsistency implements Log.
func (l *treeLog) ProveConsistency(_ context.Context, old, size int64) ([]tlog.Hash, error) {
	return tlog.ProveTree(size, old, l)
}

func (l *treeLog) proof(old, size int64) []tlog.Hash {
	p, err := tlog.ProveTree(size, old, l)
	check(l.t, err)
	return p
}

// cosigner is a witness key, as seal makes it.
type cosigner struct {
	name string
	key  ed25519.PrivateKey
	at   int64
}

func newCosigner(name string) *cosigner {
	_, key, _ := ed25519.GenerateKey(rand.Reader)
	return &cosigner{name, key, 1_770_000_000}
}

func (c *cosigner) public() []byte { return c.key.Public().(ed25519.PublicKey) }
func (c *cosigner) Name() string   { return c.name }
func (c *cosigner) KeyHash() uint32 {
	sum := sha256.Sum256(append([]byte(c.name+"\n\x04"), c.public()...))
	return binary.BigEndian.Uint32(sum[:])
}

func (c *cosigner) Sign(msg []byte) ([]byte, error) {
	text := fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", c.at, msg)
	return append(binary.BigEndian.AppendUint64(nil, uint64(c.at)), ed25519.Sign(c.key, text)...), nil
}

func (c *cosigner) vkey() string {
	return fmt.Sprintf("%s+%08x+%s", c.name, c.KeyHash(), base64.StdEncoding.EncodeToString(append([]byte{4}, c.public()...)))
}

// book keeps heads, states and cosignatures in memory.
type book struct {
	mu     sync.Mutex
	heads  map[string]core.WitnessHead
	states map[string]core.WitnessState
	signed []core.Cosignature
	told   []core.WitnessState
	before func() // called before each swap
	fail   error
}

func (b *book) WitnessHead(_ context.Context, origin string) (core.WitnessHead, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.heads[origin], b.fail
}

func (b *book) SwapWitnessHead(_ context.Context, origin string, was, next core.WitnessHead) error {
	if f := b.before; f != nil {
		b.before = nil
		f()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.heads[origin] != was {
		return core.Errorf(core.Conflict, "no")
	}
	if b.heads == nil {
		b.heads = map[string]core.WitnessHead{}
	}
	b.heads[origin] = next
	return nil
}

func (b *book) WitnessStates(context.Context) (out []core.WitnessState, _ error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.states {
		out = append(out, s)
	}
	return out, nil
}

func (b *book) PutWitnessState(_ context.Context, s core.WitnessState, c *core.Cosignature) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.states == nil {
		b.states = map[string]core.WitnessState{}
	}
	b.states[s.Witness] = s
	if c != nil {
		b.signed = append(b.signed, *c)
	}
	return nil
}

func (b *book) tell(ctx context.Context, s core.WitnessState) error {
	b.told = append(b.told, s)
	return b.PutWitnessState(ctx, s, nil)
}

type handClock struct{ now time.Time }

func (c *handClock) Now() time.Time { return c.now }

var errDown = errors.New("connection refused")

// world is a log and a witness, and an asker between them.
type world struct {
	log     *treeLog
	book    *book
	witness *Witness
	key     *cosigner
	asker   *Asker
	clock   *handClock
	posts   int
	down    bool
	forks   []Fork
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{log: newLog(t, "example.org/log"), book: &book{}, key: newCosigner("witness.test/w1"), clock: &handClock{time.Unix(1_770_000_000, 0)}}
	logs, err := ParseLogs([]string{w.log.vkey})
	check(t, err)
	w.witness = &Witness{Logs: func() Logs { return logs }, Heads: w.book, Signer: w.key, Forked: func(_ context.Context, f Fork) { w.forks = append(w.forks, f) }}
	peer, err := ParsePeer("https://witness.test/prefix/", w.key.vkey())
	check(t, err)
	w.asker = &Asker{Log: w.log, Peers: func() Peers { return Peers{List: []Peer{peer}, Quorum: 1} }, Book: w.book, Clock: w.clock, Tell: w.book.tell,
		Logger: slog.New(slog.DiscardHandler), Post: func(ctx context.Context, url, body string) (Answer, error) {
			w.posts++
			if url != "https://witness.test/prefix/add-checkpoint" {
				t.Errorf("asked %q", url)
			}
			if w.down {
				return Answer{}, core.Errorf(core.Unavailable, "%w", errDown)
			}
			return w.witness.Add(ctx, body)
		}}
	return w
}
