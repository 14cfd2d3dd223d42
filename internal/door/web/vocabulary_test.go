package web

import (
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

// TestEveryStateHasAWordAndAShape: nothing is told by colour alone, and no
// raw state name reaches a page.
func TestEveryStateHasAWordAndAShape(t *testing.T) {
	shown := map[string]badge{}
	for _, s := range []core.AppState{core.AppProvisioning, core.AppActive, core.AppIdle, core.AppArchived, core.AppFailed, core.AppDeleted} {
		shown["app "+string(s)] = appBadge(s)
	}
	for _, s := range []core.DeploymentState{core.DeployStarting, core.DeployLive, core.DeployReplaced, core.DeployStopped, core.DeployFailed} {
		shown["deployment "+string(s)] = deployBadge(s)
	}
	for _, s := range []core.ChangeState{core.ChangeOpen, core.ChangeMerged, core.ChangeClosed} {
		shown["change "+string(s)] = changeBadge(s)
	}
	for _, v := range []core.Verdict{core.Passed, core.Blocks, core.Incomplete, ""} {
		shown["verdict "+string(v)] = verdictBadge(v)
	}
	for _, s := range []core.ApprovalState{core.ApprovalPending, core.ApprovalGranted, core.ApprovalRefused, core.ApprovalVoided, core.ApprovalExpired} {
		shown["approval "+string(s)] = approvalBadge(s)
	}
	for _, s := range []core.VendorState{core.VendorApproved, core.VendorPending, core.VendorBlocked} {
		shown["vendor "+string(s)] = vendorBadge(string(s))
	}
	for _, s := range []string{"read", "write"} {
		shown["token to "+s] = scopeBadge(s)
	}
	for what, b := range shown {
		if b.icon == "" || b.tone == "" || b.word == "" || b.word[0] < 'A' || b.word[0] > 'Z' {
			t.Errorf("%s is shown as %+v", what, b)
		}
	}
}

func TestEveryGateAndRoleHasATitle(t *testing.T) {
	for _, g := range core.Gates {
		if title := gateTitle(g); title == string(g) {
			t.Errorf("the gate %q has no title", g)
		}
	}
	for _, r := range core.Roles {
		if title := roleTitle(r); title == string(r) || strings.Contains(title, "-") {
			t.Errorf("the role %q is shown as %q", r, title)
		}
	}
	for _, c := range core.Classifications {
		if classHelp(c) == "" {
			t.Errorf("the classification %q is not explained", c)
		}
	}
}

// TestWhatPagesSayIsPlain: sentences have at most 15 words.
func TestWhatPagesSayIsPlain(t *testing.T) {
	var texts []string
	for _, f := range []flash{didCreate, didDeploy, didMerge, didArchive, didRestore, didReactivate, didApprove, didRefuse, didPass, didWait, didRevoke, didAskAccess, didEndAccess, didKeepRight, didTakeRight, didAskRight, didSignOut} {
		if f.text() == "" {
			t.Errorf("%q says nothing", f)
		}
		texts = append(texts, f.text())
	}
	for _, c := range []core.Code{core.Invalid, core.Unauthorized, core.Forbidden, core.NotFound, core.Conflict, core.Denied, core.Pending, core.Blocked,
		core.TooLarge, core.RateLimited, core.Unavailable, core.Unreadable, core.Internal} {
		texts = append(texts, heading(c))
	}
	for _, text := range texts {
		for sentence := range strings.SplitSeq(text, ". ") {
			if n := len(strings.Fields(sentence)); n > 15 {
				t.Errorf("%d words: %q", n, sentence)
			}
		}
	}
	if flash("anything else").text() != "" {
		t.Error("an unknown key says something")
	}
}
