package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// takeEvidence shows the form for an evidence pack of a period; with a period
// it hands the pack out. A period that is none comes back with its error.
func (p *Pages) takeEvidence(w http.ResponseWriter, r *http.Request, who core.Person) error {
	period := strings.TrimSpace(r.URL.Query().Get("period"))
	f := p.frame(r, "Evidence", "/audit")
	if period == "" {
		return p.show(w, r, http.StatusOK, evidencePage(f, "", nil))
	}
	d, err := p.desk.EvidenceOfPeriod(r.Context(), who, period)
	if core.CodeOf(err) == core.Invalid {
		return p.show(w, r, http.StatusUnprocessableEntity, evidencePage(f, period, core.AsError(err)))
	}
	if err != nil {
		return err
	}
	sendDownload(w, d)
	return nil
}

// periods are those that people ask for most: this month and the one before,
// this quarter and the one before, this year.
func periods(now time.Time) []string {
	now = now.UTC()
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	quarter := func(t time.Time) string { return strconv.Itoa(t.Year()) + "-Q" + strconv.Itoa((int(t.Month())+2)/3) }
	return []string{month.Format("2006-01"), month.AddDate(0, -1, 0).Format("2006-01"), quarter(month), quarter(month.AddDate(0, -3, 0)), month.Format("2006")}
}

func evidencePath(period string) string { return "/evidence?period=" + period }
