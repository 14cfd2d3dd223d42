package data

import (
	"bytes"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

var jsonKey = lazily(`"([A-Za-z_][\w -]{0,60})"\s*:\s*["\d]`)

// objects returns the fields of a JSON file that is a list of things of one
// kind: keys that stand in it at least twice.
func objects(f tree.File, group int) (out []field) {
	text := bytes.TrimSpace(f.Text)
	if f.Ext() != ".json" && f.Ext() != ".ndjson" && f.Ext() != ".jsonl" || len(text) == 0 || bytes.Contains(f.Text, []byte(`"properties"`)) {
		return nil
	}
	head := text[:min(len(text), 400)]
	if f.Ext() == ".json" && text[0] != '[' && !bytes.Contains(head, []byte("[\n")) && !bytes.Contains(head, []byte("[{")) && !bytes.Contains(head, []byte("[ {")) {
		return nil
	}
	entity := strings.TrimSuffix(f.Path[strings.LastIndexByte(f.Path, '/')+1:], f.Ext())
	first := map[string]int{}
	for _, m := range jsonKey().FindAllSubmatchIndex(f.Text[:min(len(f.Text), 100_000)], maxFields) {
		name := string(f.Text[m[2]:m[3]])
		if at, ok := first[name]; !ok {
			first[name] = m[2]
		} else if at >= 0 {
			out = append(out, field{entity, group, name, at})
			first[name] = -1
		}
	}
	return out
}
