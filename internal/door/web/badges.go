package web

import (
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// badge is a state as it is shown: a word, a shape and a tone, so that nobody
// needs colour to tell states apart.
type badge struct {
	word string
	icon string // a name of icon()
	tone string // ok | warn | bad | wait | off
}

func appBadge(s core.AppState) badge {
	switch s {
	case core.AppProvisioning:
		return badge{"Being made", "clock", "wait"}
	case core.AppActive:
		return badge{"Active", "check", "ok"}
	case core.AppIdle:
		return badge{"Idle", "moon", "warn"}
	case core.AppArchived:
		return badge{"Archived", "box", "off"}
	case core.AppFailed:
		return badge{"Needs help", "stop", "bad"}
	case core.AppDeleted:
		return badge{"Deleted", "box", "off"}
	}
	return badge{string(s), "dot", "off"}
}

func deployBadge(s core.DeploymentState) badge {
	switch s {
	case core.DeployStarting:
		return badge{"Starting", "clock", "wait"}
	case core.DeployLive:
		return badge{"Live", "check", "ok"}
	case core.DeployReplaced:
		return badge{"Replaced", "dot", "off"}
	case core.DeployStopped:
		return badge{"Stopped", "box", "off"}
	case core.DeployFailed:
		return badge{"Failed", "stop", "bad"}
	}
	return badge{string(s), "dot", "off"}
}

func changeBadge(s core.ChangeState) badge {
	switch s {
	case core.ChangeOpen:
		return badge{"Open", "dot", "wait"}
	case core.ChangeMerged:
		return badge{"Merged", "merge", "ok"}
	case core.ChangeClosed:
		return badge{"Closed", "box", "off"}
	}
	return badge{string(s), "dot", "off"}
}

func verdictBadge(v core.Verdict) badge {
	switch v {
	case core.Passed:
		return badge{"Passed", "check", "ok"}
	case core.Blocks:
		return badge{"Blocked", "stop", "bad"}
	case core.Incomplete:
		return badge{"Not complete", "alert", "warn"}
	case "":
		return badge{"Running", "clock", "wait"}
	}
	return badge{string(v), "dot", "off"}
}

func approvalBadge(s core.ApprovalState) badge {
	switch s {
	case core.ApprovalPending:
		return badge{"Waiting", "clock", "wait"}
	case core.ApprovalGranted:
		return badge{"Approved", "check", "ok"}
	case core.ApprovalRefused:
		return badge{"Refused", "stop", "bad"}
	case core.ApprovalVoided:
		return badge{"Void", "alert", "off"}
	case core.ApprovalExpired:
		return badge{"Ended", "clock", "off"}
	}
	return badge{string(s), "dot", "off"}
}

func severityBadge(f core.Finding) badge {
	switch {
	case f.Blocking:
		return badge{"Blocks", "stop", "bad"}
	case f.Severity == core.Note:
		return badge{"Note", "dot", "off"}
	}
	return badge{"Caution", "alert", "warn"}
}

// scopeBadge says what an access token is good for.
func scopeBadge(scope string) badge {
	switch scope {
	case "read":
		return badge{"May read", "dot", "off"}
	case "write":
		return badge{"May change", "merge", "wait"}
	case "git":
		return badge{"Git only", "dot", "off"}
	case "checks":
		return badge{"Reports", "dot", "off"}
	case "deploy":
		return badge{"May deploy", "merge", "wait"}
	case "opa":
		return badge{"For an OPA server", "dot", "off"}
	case "scim":
		return badge{"Brings people", "person", "wait"}
	}
	return badge{strings.ReplaceAll(scope, ",", ", "), "dot", "off"}
}

func vendorBadge(state string) badge {
	switch core.VendorState(state) {
	case core.VendorApproved:
		return badge{"Approved", "check", "ok"}
	case core.VendorPending:
		return badge{"In review", "clock", "wait"}
	case core.VendorBlocked:
		return badge{"Blocked", "stop", "bad"}
	}
	return badge{state, "alert", "warn"}
}

func codeBadge(code string) badge {
	switch core.Code(code) {
	case "ok", "":
		return badge{"ok", "check", "ok"}
	case core.Pending:
		return badge{code, "clock", "wait"}
	case core.Denied, core.Forbidden, core.Blocked, core.Unauthorized:
		return badge{code, "stop", "bad"}
	}
	return badge{code, "alert", "warn"}
}
