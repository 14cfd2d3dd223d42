package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	checkreport "github.com/paddock-dev/paddock/internal/life/check/report"
	"github.com/paddock-dev/paddock/internal/life/check/upload"
)

// bring takes the report to the server, if it is about a commit. bundle is the
// statement about it, nil for none. With --upload auto, what the server does not
// want is said and changes nothing.
func (c *checkCmd) bring(ctx context.Context, std IO, got Checked, bundle []byte) error {
	if c.Server == "" || c.Governance != "" || c.Offline || c.Upload == "never" || c.Watch {
		return nil
	}
	err := c.sendReport(ctx, std, got.Report, bundle)
	if err == nil || c.Upload == "always" {
		return err
	}
	e := core.AsError(err)
	fmt.Fprintf(std.Err, "The server did not take the report: %s %s\n", e.Msg, e.Hint)
	return nil
}

func (c *checkCmd) sendReport(ctx context.Context, std IO, r core.Report, bundle []byte) error {
	if why := unsendable(r); why != "" {
		return core.Errorf(core.Conflict, "%s, and a server keeps reports of commits.", why).Hinted("Commit and push first.")
	}
	var b bytes.Buffer
	if err := checkreport.JSON(&b, r); err != nil {
		return core.Hidden("Writing the report", err)
	}
	body, err := upload.Write(b.Bytes(), bundle)
	if err != nil {
		return err
	}
	s := c.server()
	req, err := s.request(ctx, std, http.MethodPost, upload.MediaType, body, nil, []string{"apps", r.App, "commits", r.Commit, "reports"})
	if err != nil {
		return err
	}
	resp, err := s.hear(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		err := c.refused(resp, "keep reports of this program")
		if core.CodeOf(err) == core.Unreadable && strings.Contains(err.Error(), "SARIF") {
			return core.Errorf(core.Unreadable, "The server %s cannot keep reports of this program: it is older.", c.Server).Hinted("Ask the platform team to update it, or add --upload never.")
		}
		return err
	}
	var kept view.OutsideReport
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(&kept); err != nil {
		return &core.Error{Code: core.Unavailable, Msg: "The server's answer cannot be read.", Hint: "Is it of the same version as this program?", Err: err}
	}
	signed := ""
	if kept.Signer != "" {
		signed = ", signed by " + kept.Signer
	} else if bundle != nil {
		signed = ", signed by a key that it does not trust"
	}
	fmt.Fprintf(std.Err, "The server keeps the report for commit %.10s%s. It counts as %s.\n", kept.Commit, signed, kept.Counts)
	return nil
}

// unsendable says what is not a whole commit about a report's subject; "" if it is one.
func unsendable(r core.Report) string {
	switch {
	case r.Commit == "":
		return "The folder is in no git repository"
	case r.Scope.Subject == core.SubjectIndex:
		return "What is staged is no commit yet"
	case r.Scope.Unsaved > 0:
		return fmt.Sprintf("The folder has files that are not as in the commit (%d)", r.Scope.Unsaved)
	}
	return ""
}
