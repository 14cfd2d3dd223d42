package names

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

func found(texts []string, text string) string {
	hits, _ := New(texts).Scan([]byte(text), 100)
	var out []string
	for _, h := range hits {
		out = append(out, fmt.Sprintf("%d@%d-%d", h.Name, h.From, h.To))
	}
	return strings.Join(out, " ")
}

func TestScan(t *testing.T) {
	texts := []string{"us-east", "us-east-1", "stripe.com", "eu-de", "eu-de", "us-west-2"}
	for text, want := range map[string]string{
		"us-east-1":             "1@0-9",
		"a us-east b":           "0@2-9",
		"US_EAST_1":             "1@0-9",
		"https://x.Stripe.com/": "2@10-20",
		"eu-de":                 "3@0-5 4@0-5",
		"us-west-2a":            "5@0-9",
		"us-west-2x us-west-22": "",
		"xus-east-1":            "",
		"x_us-east-1":           "1@2-11",
		"us":                    "",
	} {
		if got := found(texts, text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if _, whole := New(texts).Scan([]byte(strings.Repeat("us-east ", 9)), 8); whole {
		t.Error("a list that was cut is not whole")
	}
}

func TestScanTree(t *testing.T) {
	tr := &tree.Tree{Files: []tree.File{{Path: "a", Text: []byte("stripe.com us-east")}, {Path: "b", Text: []byte("us-east")}}}
	f := Scan(context.Background(), tr, []string{"us-east"}, []string{"x-y", "stripe.com"})
	if got := fmt.Sprint(f.List(0, 0), f.List(0, 1), f.List(1, 0), f.List(1, 1)); got != "[{0 11 18}] [{0 0 7}] [{1 0 10}] []" {
		t.Errorf("got %s", got)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if len(Scan(ctx, tr, nil).Unread) != 1 {
		t.Error("time that ran out must be said")
	}
}

func FuzzScan(f *testing.F) {
	f.Add([]byte("us-east-1a \xff US_EAST_1"))
	s := New([]string{"us-east-1", "us-east", "abc"})
	f.Fuzz(func(t *testing.T, b []byte) {
		hits, _ := s.Scan(b, 1000)
		for _, h := range hits {
			if h.From < 0 || int(h.To) > len(b) || h.From >= h.To {
				t.Fatalf("%+v", h)
			}
		}
	})
}

func BenchmarkScan(b *testing.B) {
	text, err := os.ReadFile("set.go")
	if err != nil {
		b.Fatal(err)
	}
	s := New([]string{"us-east-1", "us-east", "stripe.com"})
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		s.Scan(text, 1000)
	}
}
