package desk_test

import (
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

// A pipeline brings reports for the commit of its run, to its own app.
func TestPipelinesBringReportsOfTheirCommit(t *testing.T) {
	o := newOffice(t)
	payroll, err := o.AppByName(o.Ctx(), "payroll")
	o.Must(err)
	run := o.hana
	run.Service = &core.Service{Pipeline: "p1", App: payroll.ID, Name: "octo-org/octo-app", Commit: "7f0a5d2b6c1e48d39a0b5c6d7e8f90123456789a", Scopes: []string{"app.read", "report.add"}}
	for note, c := range map[string]struct {
		app, commit string
		code        core.Code
	}{
		"another commit": {"payroll", "1111111111111111111111111111111111111111", core.Forbidden},
		"another app":    {"salaries", run.Service.Commit, core.NotFound},
	} {
		if _, err := o.desk.AddReport(o.Ctx(), run, c.app, c.commit, nil); core.CodeOf(err) != c.code {
			t.Errorf("%s: %v", note, err)
		}
	}
	if err := o.desk.Deploy(o.Ctx(), run, "payroll", "sha256:00", "x"); core.CodeOf(err) != core.Forbidden {
		t.Errorf("without the scope: %v", err)
	}
	if _, err := o.desk.ConfirmPipeline(o.Ctx(), run, "payroll", "p1", nil); core.CodeOf(err) != core.Forbidden {
		t.Errorf("confirms itself: %v", err)
	}
	if v, err := o.desk.App(o.Ctx(), run, "payroll"); err != nil || len(v.Pipelines) != 0 || v.CanEdit {
		t.Errorf("%+v, %v", v.Pipelines, err)
	}
}
