package export

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Summary is what an export says of itself.
type Summary struct {
	ID         string `json:"export"`
	Population int64  `json:"population"`
	Rows       int64  `json:"rows"` // that follow
	Query      string `json:"query"`
	LogSize    int64  `json:"log_size"`
	Checkpoint string `json:"checkpoint"` // signed; it is not verified here
}

// maxLine bounds one line of OCSF.
const maxLine = 1 << 20

// Check reads an export back and counts its rows. Errors: Unreadable for what is
// no export, or holds fewer or more rows than it says.
func Check(format string, r io.Reader) (Summary, error) {
	read := checkOCSF
	if format == "csv" {
		read = checkCSV
	}
	s, err := read(r)
	if err != nil {
		return s, core.Errorf(core.Unreadable, "This is no whole export of an audit log: %w.", err).Hinted("Take it again.")
	}
	if s.Rows != s.Population {
		return s, core.Errorf(core.Unreadable, "The export holds %d events of %d: it was cut off or added to.", s.Rows, s.Population).Hinted("Take it again.")
	}
	return s, nil
}

func checkOCSF(r io.Reader) (s Summary, err error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	first := true
	for ; lines.Scan(); first = false {
		var line struct {
			Metadata struct {
				UID string `json:"uid"`
			} `json:"metadata"`
			Unmapped struct {
				Population *int64 `json:"population"`
				Query      string `json:"query"`
				LogSize    int64  `json:"log_size"`
				Checkpoint string `json:"checkpoint"`
			} `json:"unmapped"`
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return s, err
		}
		if !first {
			s.Rows++
			continue
		}
		u := line.Unmapped
		if u.Population == nil {
			return s, errors.New("the first line does not say how many events there are")
		}
		s = Summary{ID: line.Metadata.UID, Population: *u.Population, Query: u.Query, LogSize: u.LogSize, Checkpoint: u.Checkpoint}
	}
	if err = lines.Err(); err == nil && first {
		err = errors.New("it is empty")
	}
	return s, err
}

func checkCSV(r io.Reader) (s Summary, err error) {
	rows := csv.NewReader(r)
	rows.FieldsPerRecord, rows.ReuseRecord = -1, true
	head := map[string]string{}
	inHead := true
	for {
		row, err := rows.Read()
		switch {
		case errors.Is(err, io.EOF) && inHead:
			return s, errors.New("the names of its columns are missing")
		case errors.Is(err, io.EOF):
			return s, nil
		case err != nil:
			return s, err
		case !inHead:
			s.Rows++
		case strings.HasPrefix(row[0], "#") && len(row) == 2:
			head[strings.TrimSpace(row[0][1:])] = row[1]
		case row[0] == columns[0] && len(row) == len(columns):
			inHead = false
			s = Summary{ID: head["export"], Query: head["query"], Checkpoint: head["checkpoint"]}
			n, err := strconv.ParseInt(head["population"], 10, 64)
			size, err2 := strconv.ParseInt(head["log size"], 10, 64)
			if err := errors.Join(err, err2); err != nil {
				return s, err
			}
			s.Population, s.LogSize = n, size
		default:
			return s, errors.New("it does not begin with what it is")
		}
	}
}
