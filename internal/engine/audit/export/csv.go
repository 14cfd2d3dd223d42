package export

import (
	"encoding/csv"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// csvWriter writes a few rows that say what the export is, one empty row, the
// names of the columns, and the events.
type csvWriter struct{ w *csv.Writer }

func newCSV(w io.Writer) *csvWriter { return &csvWriter{csv.NewWriter(w)} }

// columns are the names of the columns.
var columns = [...]string{"index", "id", "time", "action", "outcome", "actor_kind", "actor_id", "actor", "door", "app_id", "app", "gate", "target", "facts"}

// Begin implements Writer.
func (c *csvWriter) Begin(h Head) error {
	for _, row := range [][2]string{
		{"# population", strconv.FormatInt(h.Population, 10)}, {"# query", h.Query}, {"# time", stamp(h.At)}, {"# by", h.By.Name},
		{"# export", string(h.ID)}, {"# log", h.Origin}, {"# log size", strconv.FormatInt(h.Size, 10)}, {"# checkpoint", h.Checkpoint}, {"#", ""},
	} {
		if err := c.row(row[0], row[1]); err != nil {
			return err
		}
	}
	return c.row(columns[:]...)
}

// Write implements Writer.
func (c *csvWriter) Write(e Event) error {
	return c.row(strconv.FormatInt(e.Index, 10), string(e.ID), stamp(time.UnixMicro(e.At)), e.Action, e.Code, string(e.Actor.Kind), string(e.Actor.ID),
		e.Actor.Name, e.Actor.Door, string(e.AppID), e.App, string(e.Gate), e.Target, facts(e.Data))
}

// End implements Writer.
func (c *csvWriter) End() error {
	c.w.Flush()
	return c.w.Error()
}

func (c *csvWriter) row(cells ...string) error {
	for i, cell := range cells {
		cells[i] = harmless(cell)
	}
	return c.w.Write(cells)
}

// harmless makes sure that no spreadsheet takes a cell for a formula: one that
// begins like a formula gets a quote in front, as OWASP advises.
func harmless(cell string) string {
	trimmed := strings.TrimLeft(cell, " \t\r\n\u00a0\ufeff")
	if trimmed != "" && strings.ContainsRune("=+-@|%＝＋－＠", []rune(trimmed)[0]) || cell != "" && strings.ContainsRune("\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// facts puts further facts into one cell, sorted.
func facts(data map[string]string) string {
	var b strings.Builder
	for i, k := range slices.Sorted(maps.Keys(data)) {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(k + "=" + data[k])
	}
	return b.String()
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }
