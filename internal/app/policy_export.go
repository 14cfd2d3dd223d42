package app

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/paddock-dev/paddock/internal/adapter/target/kubernetes/guardrails"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/catalog/strict"
)

// ExportPolicy writes an organisation's rules as YAML for a Kubernetes cluster,
// and says what it left out. The governance folder must be good. Errors: Invalid,
// Unreadable, NotFound.
func ExportPolicy(ctx context.Context, o cli.ExportOptions) (text []byte, leftOut []string, err error) {
	if (o.To == "kubernetes") != (o.App != "") {
		return nil, nil, core.Errorf(core.Invalid, "--app and --to kubernetes belong together.").
			Hinted("kubernetes writes one app's namespace: name the app's folder with --app. vap and gatekeeper are for all apps.")
	}
	v, err := catalog.ValidateDir(ctx, o.Governance, core.SystemClock{}.Now())
	if err != nil {
		return nil, nil, err
	}
	var objects []guardrails.Object
	rules := guardrails.Rules{Registries: v.Revision.Settings.ApprovedRegistries, Targets: v.Revision.Targets()}
	switch o.To {
	case "kubernetes":
		var app guardrails.App
		if app, err = exportedApp(v.Revision, o); err == nil {
			objects, err = guardrails.Namespace(app)
		}
	case "vap":
		objects = guardrails.Policies(rules)
	case "gatekeeper":
		objects, leftOut = forGatekeeper(v.Revision.Policy.Source(), rules)
	default:
		err = core.Errorf(core.Invalid, "%q is nothing that can be written.", o.To).Hinted("Use kubernetes, vap or gatekeeper.").At("--to")
	}
	if err == nil {
		text, err = guardrails.YAML(objects)
	}
	return text, leftOut, err
}

// forGatekeeper puts the rules and the organisation's own allow-style policies
// together, templates first.
func forGatekeeper(s policy.Source, rules guardrails.Rules) (all []guardrails.Object, leftOut []string) {
	templates, constraints := guardrails.Templates(), guardrails.Constraints(rules)
	for _, b := range s.Bindings {
		if !slices.Contains(b.Gates, core.GateWorkloadAdmit) {
			continue
		}
		template, constraint, err := bound(s, b)
		if err != nil {
			leftOut = append(leftOut, fmt.Sprintf("%s is left out: %s", b.Query, core.AsError(err).Error()))
			continue
		}
		templates, constraints = append(templates, template), append(constraints, constraint)
	}
	return append(templates, constraints...), leftOut
}

// bound writes one bound policy. Errors: Invalid, if a cluster alone cannot give
// the answer that the gate gives.
func bound(s policy.Source, b policy.Binding) (template, constraint guardrails.Object, err error) {
	code := cmp.Or(b.Code, "policy_denied")
	reach := s.Rollout[code]
	exempt := slices.ContainsFunc(s.Exemptions, func(e policy.Exemption) bool { return e.ID == "" && e.Rule == code })
	switch {
	case b.Input != "app":
		err = core.Errorf(core.Invalid, "It does not read the part app of the input, which is all that a Pod tells of.")
	case exempt || len(reach.Classification)+len(reach.Owner) > 0 || reach.Percent != nil || reach.Stage == policy.Off:
		err = core.Errorf(core.Invalid, "%s does not hold for every app, and a cluster does not know for which.", code)
	}
	if err != nil {
		return nil, nil, err
	}
	return guardrails.Bind(guardrails.Bound{Query: b.Query, Code: code, Message: cmp.Or(b.Message, "The rule "+b.Query+" does not allow this."),
		Fix: b.Fix, Files: s.Files, Warn: reach.Halted || reach.Stage == policy.Warn})
}

// exportedApp reads what an app says of itself, and finds its target.
func exportedApp(r *catalog.Revision, o cli.ExportOptions) (guardrails.App, error) {
	path := filepath.Join(o.App, catalog.DescriptorFile)
	b, err := readBounded(path, strict.MaxBytes+1)
	if err != nil {
		return guardrails.App{}, &core.Error{Code: core.Unreadable, Msg: fmt.Sprintf("%q cannot be read.", path), Hint: "Name the folder of an app with --app.", Err: err}
	}
	d, _, err := catalog.ParseDescriptor(catalog.DescriptorFile, b)
	if err != nil {
		return guardrails.App{}, err
	}
	target := r.TargetFor(d.Region)
	if o.Target != "" {
		var ok bool
		if target, ok = r.Target(o.Target); !ok {
			var names []string
			for _, t := range r.Targets() {
				names = append(names, t.Name)
			}
			return guardrails.App{}, core.Errorf(core.NotFound, "paddock.yaml lists no target %q.", o.Target).Hinted("%s", core.DidYouMean(o.Target, names)).At("--target")
		}
	}
	if target.Name == "" || target.Region != d.Region {
		return guardrails.App{}, core.Errorf(core.Invalid, "The app %s belongs in %s, and %s.", d.Name, d.Region, elsewhere(target)).
			Hinted("Add a target in that region to paddock.yaml, or name another with --target.")
	}
	return guardrails.App{Name: d.Name, Environment: o.Environment, Target: target, Limits: d.Guardrails, Defaults: r.Settings.Guardrails}, nil
}

// readBounded reads at most so many bytes of a file; longer ones are refused by
// who parses them.
func readBounded(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}

func elsewhere(t core.Target) string {
	if t.Name == "" {
		return "no target is there"
	}
	return fmt.Sprintf("the target %s is in %s", t.Name, t.Region)
}
