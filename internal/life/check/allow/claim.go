package allow

import (
	"bytes"
	"regexp"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Claim is one comment that asks to let a finding pass.
type Claim struct {
	Path                    string
	Line, Column            int
	Code                    string
	Reason, Until, Approval string
	Quote                   string
}

const mark = "paddock:allow "

var (
	codeWord = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9]*(?:[_-][a-z0-9]+)+`) })
	setting  = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^\s+(reason|until|approval)=(?:"([^"]{0,300})"|([^\s"]{1,300}))`)
	})
)

// MaxClaims bounds the comments that are read of one tree.
const MaxClaims = 1000

// Read finds the comments in a tree. It reports false if there are more than can
// be read. A comment without a code, as in a text about this form, is none.
func Read(t *tree.Tree) ([]Claim, bool) {
	var out []Claim
	for _, f := range t.Files {
		at := 0
		for {
			i := bytes.Index(f.Text[at:], []byte(mark))
			if i < 0 {
				break
			}
			at += i
			line, _, _ := bytes.Cut(f.Text[at+len(mark):], []byte("\n"))
			if c, ok := parse(line); ok {
				if len(out) == MaxClaims {
					return out, false
				}
				c.Path = f.Path
				c.Line, c.Column = f.Place(at)
				c.Quote = f.Quote(c.Line, c.Column)
				out = append(out, c)
			}
			at += len(mark)
		}
	}
	return out, true
}

// parse reads what stands after the mark, up to the first thing that is no
// setting, such as the end of a comment.
func parse(line []byte) (Claim, bool) {
	line = line[:min(len(line), 2000)]
	code := codeWord().Find(line)
	if code == nil {
		return Claim{}, false
	}
	c := Claim{Code: string(code)}
	for rest := line[len(code):]; ; {
		m := setting().FindSubmatch(rest)
		if m == nil {
			return c, true
		}
		value := string(m[2]) + string(m[3])
		switch string(m[1]) {
		case "reason":
			c.Reason = value
		case "until":
			c.Until = value
		case "approval":
			c.Approval = value
		}
		rest = rest[len(m[0]):]
	}
}

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
