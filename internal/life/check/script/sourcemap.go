package script

import (
	"encoding/json"
	"errors"
	"sort"
	"strings"
)

// mapping is one entry of a source map: a place in the printed code and the
// place in the maker's file, all from 0. Columns are UTF-16 units.
type mapping struct {
	line, column         int
	fromLine, fromColumn int
}

var errMap = errors.New("the source map cannot be read")

// decodeMap reads the mappings of a version 3 source map with one source.
func decodeMap(data []byte) ([]mapping, error) {
	var raw struct {
		Mappings string `json:"mappings"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, errMap
	}
	var out []mapping
	var fromLine, fromColumn int
	for line, text := range strings.Split(raw.Mappings, ";") {
		column := 0
		for segment := range strings.SplitSeq(text, ",") {
			if segment == "" {
				continue
			}
			fields, ok := decodeVLQ(segment)
			if !ok {
				return nil, errMap
			}
			column += fields[0]
			if len(fields) < 4 {
				continue
			}
			fromLine, fromColumn = fromLine+fields[2], fromColumn+fields[3]
			out = append(out, mapping{line, column, fromLine, fromColumn})
		}
	}
	return out, nil
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// decodeVLQ reads one segment of signed numbers in base 64, least digit first.
func decodeVLQ(s string) ([]int, bool) {
	var out []int
	value, shift := 0, 0
	for i := range len(s) {
		d := strings.IndexByte(base64Digits, s[i])
		if d < 0 || shift > 30 {
			return nil, false
		}
		value |= d & 31 << shift
		if d&32 != 0 {
			shift += 5
			continue
		}
		n := value >> 1
		if value&1 != 0 {
			n = -n
		}
		out = append(out, n)
		value, shift = 0, 0
	}
	return out, len(out) > 0 && shift == 0
}

// find returns the last mapping at or before a place in the printed code.
func find(maps []mapping, line, column int) (mapping, bool) {
	i := sort.Search(len(maps), func(i int) bool {
		return maps[i].line > line || maps[i].line == line && maps[i].column > column
	})
	if i == 0 {
		return mapping{}, false
	}
	return maps[i-1], true
}
