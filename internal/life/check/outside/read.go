package outside

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

// Bounds of one file. Those of results and runs are what the largest forges
// accept, so a file that was fit for them is fit for us.
const (
	MaxSize    = 50_000_000 // bytes
	maxRuns    = 20
	maxResults = 25_000 // of a run
	maxDepth   = 60
)

// Read reads a SARIF 2.1.0 file. It must hold at least one run of a tool with a
// name. Errors: TooLarge, and Unreadable with what to do.
func Read(name string, data []byte) (*Log, error) {
	shown := findings.Clean(name, 120)
	if len(data) > MaxSize {
		return nil, core.Errorf(core.TooLarge, "The file %q is larger than %d MB.", shown, MaxSize/1_000_000).Hinted("Let the tool report fewer results, or split its run.")
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if err := shallow(data); err != nil {
		return nil, unreadable(shown, err.Error())
	}
	var s sarif
	if err := json.Unmarshal(data, &s); err != nil {
		var t *json.UnmarshalTypeError
		if errors.As(err, &t) {
			return nil, unreadable(shown, "at "+t.Field+" it holds a "+t.Value)
		}
		return nil, unreadable(shown, err.Error())
	}
	switch {
	case s.Version != "2.1.0":
		return nil, unreadable(shown, "its version is "+cmp.Or(findings.Clean(s.Version, 20), "missing")+", not 2.1.0")
	case len(s.Runs) == 0:
		return nil, unreadable(shown, "it holds no run of a tool")
	case len(s.Runs) > maxRuns:
		return nil, core.Errorf(core.TooLarge, "The file %q holds %d runs; %d can be read.", shown, len(s.Runs), maxRuns).Hinted("Give one file for each tool.")
	}
	for _, r := range s.Runs {
		if r.Tool.Driver.Name == "" {
			return nil, unreadable(shown, "a run does not name its tool")
		}
		if r.Results != nil && len(*r.Results) > maxResults {
			return nil, core.Errorf(core.TooLarge, "The file %q holds %d results of one run; %d can be read.", shown, len(*r.Results), maxResults).Hinted("Let the tool report fewer results.")
		}
	}
	return &Log{Name: name, runs: s.Runs}, nil
}

func unreadable(name, why string) error {
	return core.Errorf(core.Unreadable, "The file %q is not SARIF 2.1.0: %s.", name, findings.Clean(why, 200)).
		Hinted("Let the tool write SARIF 2.1.0, most do with --format sarif, and give that file.")
}

// shallow refuses broken JSON, doubled keys and deep nesting before anything is
// built from it.
func shallow(data []byte) error {
	d := jsontext.NewDecoder(bytes.NewReader(data), jsontext.AllowInvalidUTF8(true))
	for {
		if _, err := d.ReadToken(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if d.StackDepth() > maxDepth {
			return errors.New("it is nested too deep")
		}
	}
}
