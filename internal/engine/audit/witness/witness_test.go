package witness

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"testing"

	cosign "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/paddock-dev/paddock/internal/core"
)

func add(t *testing.T, w *Witness, r Request) Answer {
	t.Helper()
	a, err := w.Add(t.Context(), r.String())
	check(t, err)
	return a
}

// TestAnswers walks through what tlog-witness says a witness must answer.
func TestAnswers(t *testing.T) {
	w := newWorld(t)
	w.log.grow(5, "a")
	five, _ := w.log.head()
	forked := w.log.fork()
	empty := newLog(t, "empty.test")
	emptyHead, _ := empty.head()
	w.log.grow(4, "b")
	forked.grow(4, "x")
	nine, _ := w.log.head()
	otherNine, _ := forked.head()
	stranger := newLog(t, "nobody.test")
	stranger.grow(1, "a")
	strange, _ := stranger.head()
	impostor := newLog(t, "example.org/log")
	impostor.grow(5, "a")
	fake, _ := impostor.head()
	broken := strings.Replace(five, "\n5\n", "\n6\n", 1)
	good := w.log.proof(5, 9)

	for _, c := range []struct {
		note string
		r    Request
		want int
	}{
		{"unknown log", Request{0, nil, strange}, http.StatusNotFound},
		{"unknown key", Request{0, nil, fake}, http.StatusForbidden},
		{"bad signature", Request{0, nil, broken}, http.StatusForbidden},
		{"old too large", Request{6, nil, five}, http.StatusBadRequest},
		{"old never cosigned", Request{3, w.log.proof(3, 5), five}, http.StatusConflict},
		{"proof from nothing", Request{0, good, five}, http.StatusUnprocessableEntity},
		{"first", Request{0, nil, five}, http.StatusOK},
		{"first again", Request{0, nil, five}, http.StatusConflict},
		{"same size", Request{5, nil, five}, http.StatusOK},
		{"no proof", Request{5, nil, nine}, http.StatusUnprocessableEntity},
		{"fork", Request{5, forked.proof(5, 9)[1:], otherNine}, http.StatusUnprocessableEntity},
		{"grown", Request{5, good, nine}, http.StatusOK},
		{"grown again", Request{5, good, nine}, http.StatusConflict},
		{"cut back", Request{5, nil, five}, http.StatusConflict},
		{"other tree of that size", Request{9, nil, otherNine}, http.StatusUnprocessableEntity},
		{"not a note", Request{0, nil, "example.org/log\nhello"}, http.StatusBadRequest},
	} {
		a := add(t, w.witness, c.r)
		if a.Status != c.want {
			t.Errorf("%s: %d %s, want %d", c.note, a.Status, a.Body, c.want)
		}
		if a.Status == http.StatusConflict && (a.Type != "text/x.tlog.size" || !strings.HasSuffix(a.Body, "\n") || strings.Trim(a.Body, "0123456789\n") != "") {
			t.Errorf("%s: %q as %q", c.note, a.Body, a.Type)
		}
	}
	if len(w.forks) != 1 || w.forks[0].Size != 9 || w.forks[0].Had == w.forks[0].Came {
		t.Errorf("forks: %+v", w.forks)
	}
	logs, err := ParseLogs([]string{empty.vkey})
	check(t, err)
	w.witness.Logs = func() Logs { return logs }
	if a := add(t, w.witness, Request{0, nil, emptyHead}); a.Status != http.StatusOK {
		t.Errorf("empty log: %d %s", a.Status, a.Body)
	}
	liar := strings.Replace(emptyHead, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", 1)
	text, _, _ := strings.Cut(liar, "\n\n")
	resigned, err := note.Sign(&note.Note{Text: text + "\n"}, empty.signer)
	check(t, err)
	if a := add(t, w.witness, Request{0, nil, string(resigned)}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("empty log with a root: %d %s", a.Status, a.Body)
	}
}

// TestCosignature: what a witness returns is one good, timestamped cosignature,
// and it serves the whole checkpoint afterwards.
func TestCosignature(t *testing.T) {
	w := newWorld(t)
	w.log.grow(300, "a")
	signed, head := w.log.head()
	a := add(t, w.witness, Request{0, nil, signed})
	v, err := cosign.NewVerifierForCosignatureV1(w.key.vkey())
	check(t, err)
	n, err := note.Open([]byte(signed+a.Body), note.VerifierList(v))
	check(t, err)
	if at, err := cosign.CoSigV1Timestamp(n.Sigs[0]); err != nil || at.Unix() != w.key.at || strings.Count(a.Body, "\n") != 1 {
		t.Errorf("%v %v %q", at, err, a.Body)
	}
	latest, err := w.witness.Latest(t.Context(), fmt.Sprintf("%x", sha256.Sum256([]byte(head.Origin))))
	check(t, err)
	own, err := note.NewVerifier(w.log.vkey)
	check(t, err)
	if n, err := note.Open([]byte(latest), note.VerifierList(own, v)); err != nil || len(n.Sigs) != 2 {
		t.Errorf("%v: %s", err, latest)
	}
	if _, err := w.witness.Latest(t.Context(), strings.Repeat("0", 64)); core.CodeOf(err) != core.NotFound {
		t.Error(err)
	}
}

// TestRaces: between looking and keeping, another request may win; the loser is
// told the new size and no cosignature goes out for what was not kept.
func TestRaces(t *testing.T) {
	w := newWorld(t)
	w.log.grow(5, "a")
	five, _ := w.log.head()
	w.log.grow(4, "b")
	nine, _ := w.log.head()
	w.book.before = func() {
		if a := add(t, w.witness, Request{0, nil, nine}); a.Status != http.StatusOK {
			t.Errorf("%+v", a)
		}
	}
	if a := add(t, w.witness, Request{0, nil, five}); a.Status != http.StatusConflict || a.Body != "9\n" {
		t.Errorf("%+v", a)
	}
	if w.book.heads["example.org/log"].Size != 9 {
		t.Error("the head was rolled back")
	}
	w.book.fail = core.Errorf(core.Internal, "the disk is full")
	if a, err := w.witness.Add(t.Context(), Request{9, nil, nine}.String()); err == nil {
		t.Errorf("answered %+v with a broken store", a)
	}
}

// FuzzRequest: the parser accepts one spelling only, and nothing that is sent
// makes a witness cosign what the log's key did not sign.
func FuzzRequest(f *testing.F) {
	w := newWorld(f)
	w.log.grow(9, "a")
	nine, _ := w.log.head()
	f.Add(Request{0, nil, nine}.String())
	f.Add(Request{5, w.log.proof(5, 9), nine}.String())
	f.Add("old 0\n\n\n")
	f.Add("old 00\n\nx\n")
	other := newLog(f, "example.org/log")
	logs, err := ParseLogs([]string{other.vkey})
	check(f, err)
	w.witness.Logs = func() Logs { return logs }
	f.Fuzz(func(t *testing.T, body string) {
		r, err := ParseRequest(body)
		if err == nil && r.String() != body {
			t.Fatalf("%q is written as %q", body, r.String())
		}
		if a, err := w.witness.Add(t.Context(), body); err != nil || a.Status == http.StatusOK {
			t.Fatalf("%+v %v", a, err)
		}
	})
}

func TestRequestBounds(t *testing.T) {
	long := Request{Checkpoint: "x\n"}
	for range 63 {
		long.Proof = append(long.Proof, tlog.Hash{1})
	}
	if _, err := ParseRequest(long.String()); err != nil {
		t.Error(err)
	}
	long.Proof = append(long.Proof, tlog.Hash{1})
	if _, err := ParseRequest(long.String()); core.CodeOf(err) != core.Unreadable {
		t.Error(err)
	}
	if _, err := ParseRequest(Request{Checkpoint: strings.Repeat("x", MaxRequest)}.String()); core.CodeOf(err) != core.TooLarge {
		t.Error(err)
	}
}
