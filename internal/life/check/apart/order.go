package apart

import (
	"io/fs"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/openvex"
	"github.com/paddock-dev/paddock/internal/life/check"
	"github.com/paddock-dev/paddock/internal/life/check/allow"
	"github.com/paddock-dev/paddock/internal/life/check/files"
	"github.com/paddock-dev/paddock/internal/life/check/microapp"
	"github.com/paddock-dev/paddock/internal/life/check/outside"
	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
)

// order is what the process is told first; the files follow, one by one.
type order struct {
	Limits   Limits
	Now      time.Time
	Version  string
	Key      []byte
	Database []byte // where the vulnerability database is, for Hands.Advisories

	App, Commit        string
	Time               time.Time
	Scope              core.Scope
	Leave              []string
	HasBase            bool
	Base               []byte // the descriptor on main; nil if there is none
	Template           *core.Template
	Licences           core.Licences
	AllowedRegions     []string
	RegionGroups       []core.RegionGroup
	ApprovedRegistries []string
	Vendors            []core.Vendor
	VEX                []openvex.Source
	Outside            []log
	Code               []rulebook.File // the organisation's own rules
	HasPolicy          bool
	Inherited          map[string][]byte
	Approved           []allow.Approved
	Untold             []string
}

// log is what another tool found, as SARIF.
type log struct {
	Name string
	Body []byte
}

// orderOf puts an input into words. What only paddock check on somebody's folder
// uses cannot be sent.
func orderOf(in check.Input) (order, error) {
	if in.History != nil || in.Baseline != nil || in.Before != nil || in.Oxlint.Program != "" || in.Scope.Since != "" {
		return order{}, core.Errorf(core.Internal, "The checks of a server know no history, baseline or outside linter.")
	}
	o := order{App: in.App, Commit: in.Commit, Time: in.Time, Scope: in.Scope, Leave: in.Leave, Template: in.Template, Licences: in.Licences,
		AllowedRegions: in.AllowedRegions, RegionGroups: in.RegionGroups, ApprovedRegistries: in.ApprovedRegistries, Vendors: in.Vendors,
		VEX: in.VEX.Sources(), HasPolicy: in.Policy != nil, Inherited: in.Inherited, Approved: in.Approved, Untold: in.Untold}
	if in.Code != nil {
		o.Code = in.Code.Files
	}
	if in.Base != nil {
		o.HasBase, o.Base = true, descriptorIn(in.Base)
	}
	for _, l := range in.Outside {
		body, _, err := l.Kept()
		if err != nil {
			return o, err
		}
		o.Outside = append(o.Outside, log{l.Name, body})
	}
	return o, nil
}

// input makes the input again, without files and policy.
func (o order) input() (check.Input, error) {
	in := check.Input{App: o.App, Commit: o.Commit, Time: o.Time, Scope: o.Scope, Leave: o.Leave, Template: o.Template, Licences: o.Licences,
		AllowedRegions: o.AllowedRegions, RegionGroups: o.RegionGroups, ApprovedRegistries: o.ApprovedRegistries, Vendors: o.Vendors,
		VEX: openvex.New(o.VEX), Inherited: o.Inherited, Approved: o.Approved, Untold: o.Untold}
	var err error
	if in.Code, err = rulebook.Own(o.Code); err != nil {
		return in, err
	}
	if o.HasBase {
		base := files.New()
		if o.Base != nil {
			base.Add(microapp.Name, 0o444, int64(len(o.Base)), o.Base)
		}
		in.Base = base
	}
	for _, l := range o.Outside {
		read, err := outside.Read(l.Name, l.Body)
		if err != nil {
			return in, err
		}
		in.Outside = append(in.Outside, read)
	}
	return in, nil
}

// descriptorIn reads main's descriptor, nil if there is no plain file of that name.
func descriptorIn(base fs.FS) []byte {
	info, err := fs.Stat(base, microapp.Name)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	body, _, err := read(base, microapp.Name)
	if err != nil {
		return nil
	}
	return body
}
