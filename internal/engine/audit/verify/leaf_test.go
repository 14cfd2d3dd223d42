package verify_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

// kept remembers the last row that a log wrote.
type kept struct {
	event         core.Event
	leaf, opening string
}

func (k *kept) InsertEvent(_ context.Context, e core.Event, leaf, opening string) error {
	k.event, k.leaf, k.opening = e, leaf, opening
	return nil
}

// TestWriterAndReaderAgree: what package audit writes, this package's own
// parser reads back, and encoding/json reads the same.
func TestWriterAndReaderAgree(t *testing.T) {
	texts := []string{"", "plain", "quote \" and \\ slash / ", "\x01\b\t\n\f\r\x1f\x7f", "é 漢 🐎 \u2028\u2029 <&>", "bad \xff utf-8", "nul \x00 byte"}
	row := &kept{}
	log := audit.NewLog(row, fixedClock{}, core.IDs{}, rand.Reader)
	for _, text := range texts {
		e := core.Event{Action: "test.text", Actor: core.Actor{Kind: core.ActorPerson, ID: "p", Name: text + "@example.org", Door: text},
			AppID: core.ID(text), Target: text, Code: text, Data: map[string]string{"z": text, "a.b": text, "owner_email": text + "x"}}
		check(t, log.Append(t.Context(), e))
		l, err := verify.ParseLeaf(row.leaf)
		check(t, err)
		want := strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
		if l.Target.Clear != want || l.Code != want || l.App != want || l.ActorDoor != want || l.Data[0].Clear != want || l.Data[1].Commit == "" {
			t.Fatalf("%q: %+v", text, l)
		}
		opened, err := verify.ParseOpening(row.opening)
		check(t, err)
		if erased, fault := l.Match(opened); erased != 0 || fault != "" || len(opened) != 2 {
			t.Fatal(erased, fault, opened)
		}
		if strings.Contains(row.leaf, "@example.org") {
			t.Fatal("a person's address stands in the leaf:", row.leaf)
		}
		var other map[string]any
		check(t, json.Unmarshal([]byte(row.leaf), &other))
		if other["target"] != want {
			t.Fatalf("encoding/json read %q", other["target"])
		}
	}
}

// TestLeafRefusals: one spelling only.
func TestLeafRefusals(t *testing.T) {
	row := &kept{}
	check(t, audit.NewLog(row, fixedClock{}, core.IDs{}, rand.Reader).Append(t.Context(), event(0)))
	good := row.leaf
	for _, bad := range []string{
		"", "{}", "null", good + " ", " " + good, good + good, strings.Replace(good, `"v":1`, `"v":2`, 1),
		strings.Replace(good, `,"app"`, `, "app"`, 1), strings.Replace(good, "merge", `mer\u0067e`, 1),
		strings.Replace(good, `"at":`, `"at":0`, 1), strings.Replace(good, `"at":`, `"at":-`, 1),
		strings.Replace(good, "change 0", `change\/0`, 1), strings.Replace(good, "change 0", "change \x01", 1),
		strings.Replace(good, "change 0", "change \xff", 1), strings.Replace(good, "change 0", `change \u000A`, 1),
		strings.Replace(good, `"commit":"0`, `"zommit":"0`, 1), strings.Replace(good, `"data":{`, `"data":{,`, 1),
		strings.Replace(good, "change 0", strings.Repeat("x", 70000), 1),
	} {
		if _, err := verify.ParseLeaf(bad); core.CodeOf(err) != core.Unreadable && core.CodeOf(err) != core.TooLarge {
			t.Errorf("%.80q: %v", bad, err)
		}
	}
}

// FuzzLeaf: the parser never fails badly, and what it accepts is JSON that
// encoding/json reads to the same values.
func FuzzLeaf(f *testing.F) {
	row := &kept{}
	for i := range 2 {
		check(f, audit.NewLog(row, fixedClock{}, core.IDs{}, rand.Reader).Append(f.Context(), event(i)))
		f.Add(row.leaf, row.opening)
	}
	f.Add(`{"action":"\`, `{"a":{"salt":"`)
	f.Fuzz(func(t *testing.T, leaf, opening string) {
		opened, err := verify.ParseOpening(opening)
		if err == nil && opening != "" {
			var other map[string]map[string]string
			if err := json.Unmarshal([]byte(opening), &other); err != nil || len(other) != len(opened) {
				t.Fatalf("accepted %q: %v", opening, err)
			}
		}
		l, err := verify.ParseLeaf(leaf)
		if err != nil {
			return
		}
		l.Match(opened)
		var other struct {
			Action, App, Code, Gate, ID string
			Actor                       struct{ Door, ID, Kind string }
			At                          int64
			Data                        map[string]any
		}
		if err := json.Unmarshal([]byte(leaf), &other); err != nil {
			t.Fatalf("accepted %q: %v", leaf, err)
		}
		got := fmt.Sprint(l.Action, l.App, l.Code, l.Gate, l.ID, l.ActorDoor, l.ActorID, l.ActorKind, l.At, len(l.Data))
		want := fmt.Sprint(other.Action, other.App, other.Code, other.Gate, other.ID, other.Actor.Door, other.Actor.ID, other.Actor.Kind, other.At, len(other.Data))
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q\n%s\n%s", leaf, got, want)
		}
	})
}
