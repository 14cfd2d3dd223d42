package catalog

import (
	"errors"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog/strict"
)

// ExemptionsFile lets single apps off single rules for a time.
const ExemptionsFile = "policies/exemptions.yaml"

// exemptionID is a name that can stand in a comment.
var exemptionID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`) })

// endsSoon is how long before its end an exemption is brought up.
const endsSoon = 14 * 24 * time.Hour

// exemptionsDoc is policies/exemptions.yaml.
type exemptionsDoc struct {
	Exemptions []exemption `yaml:"exemptions" doc:"Apps that a rule only warns for a time."`
}

// exemption is a policy.Exemption as people write it.
type exemption struct {
	ID       string `yaml:"id" doc:"Name by which a comment in the app's code refers to it: paddock:allow CODE approval=ID. rule is then the code of a finding."`
	Rule     string `yaml:"rule" required:"true" doc:"Code of the denial."`
	App      string `yaml:"app" required:"true" doc:"Name of the app."`
	Reason   string `yaml:"reason" prose:"true" required:"true" doc:"Why, for those who read it later."`
	Approver string `yaml:"approver" required:"true" doc:"E-mail of who answers for it. It does not hold for an app of their own."`
	Expires  string `yaml:"expires" required:"true" doc:"The last day it holds, YYYY-MM-DD in UTC."`
	Ticket   string `yaml:"ticket" prose:"true" doc:"Where it is tracked."`
}

// Exemption is one entry of policies/exemptions.yaml and where it stands.
type Exemption struct {
	policy.Exemption
	Place string // policies/exemptions.yaml:4:5
}

// readExemptions reads the file. found are all faults that need no clock and no
// other file; doc is nil when nothing could be read.
func readExemptions(b []byte) ([]policy.Exemption, *strict.Doc, []*core.Error) {
	var file exemptionsDoc
	doc, found, err := readFile(ExemptionsFile, b, &file)
	if err != nil {
		return nil, nil, []*core.Error{core.AsError(err)}
	}
	f, seen := faults{}, map[string]bool{}
	var out []policy.Exemption
	for i, written := range file.Exemptions {
		e, at := policy.Exemption(written), key("exemptions", i)
		if e.Rule == "" {
			f.add(at+".rule", "Add rule: and the code of the denial.", "The exemption names no rule.")
		}
		if e.Expires == "" {
			f.add(at+".expires", "Add expires: and the last day, as YYYY-MM-DD.", "The exemption has no end.")
		}
		if e.ID != "" && !exemptionID().MatchString(e.ID) {
			f.add(at+".id", "Use letters, digits and dashes, such as EX-7.", "The exemption's id %q cannot be named in a comment.", clipped(e.ID))
		}
		f.check(at+".app", CheckAppName(e.App))
		f.check(at+".approver", CheckEmail(e.Approver))
		if len(strings.TrimSpace(e.Reason)) < 10 {
			f.add(at+".reason", "Say in a sentence why this app may do what others may not.", "The exemption gives no reason.")
		}
		if seen[e.Key()] {
			f.add(at, "Keep one of them.", "The app %q is exempt from %q twice.", clipped(e.App), clipped(e.Rule))
		}
		seen[e.Key()] = true
		out = append(out, e)
	}
	return out, doc, append(found, placed(doc, f)...)
}

func (l *loader) exemptions() []policy.Exemption {
	if _, err := fs.Stat(l.fsys, ExemptionsFile); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	b, ok := l.read(ExemptionsFile)
	if !ok {
		return nil
	}
	list, doc, found := readExemptions(b)
	l.keep(ExemptionsFile, doc)
	l.faults = append(l.faults, found...)
	for i, e := range list {
		l.rev.Exemptions = append(l.rev.Exemptions, Exemption{e, doc.Place(key("exemptions", i))})
	}
	return list
}

// CheckExemptions holds the exemptions against today: an error for those that
// last longer than the settings allow, warnings for those that end soon or have
// ended. An exemption that has ended counts no more; it is no fault.
func (r *Revision) CheckExemptions(now time.Time) (warnings []*core.Error, err error) {
	var found []*core.Error
	today, most := now.UTC().Format(time.DateOnly), r.Settings.Policy.ExemptionDays
	for _, e := range r.Exemptions {
		switch last := now.UTC().AddDate(0, 0, most).Format(time.DateOnly); {
		case e.Expires > last:
			found = append(found, core.Errorf(core.Invalid, "The exemption of %s from %s lasts until %s; the last day allowed is %s.", e.App, e.Rule, e.Expires, last).
				Hinted("Choose an earlier day, or raise policy.exemption_days (%d) in %s.", most, SettingsFile).At(e.Place))
		case e.Expires < today:
			warnings = append(warnings, core.Errorf(core.Invalid, "The exemption of %s from %s ended on %s.", e.App, e.Rule, e.Expires).Hinted("Delete it.").At(e.Place))
		case e.Expires < now.UTC().Add(endsSoon).Format(time.DateOnly):
			warnings = append(warnings, core.Errorf(core.Invalid, "The exemption of %s from %s ends on %s.", e.App, e.Rule, e.Expires).
				Hinted("Mend the app by then, or ask %s for more time.", e.Approver).At(e.Place))
		}
	}
	return warnings, core.Join(core.Invalid, "The exemptions have faults:", found)
}

// places maps the key in each fault of the rollout or the exemptions to
// path:line:column.
func (l *loader) placeRules(err error) error {
	if err == nil {
		return nil
	}
	e := *core.AsError(err)
	at := func(p *core.Error) *core.Error {
		for prefix, file := range map[string]string{"rules.": RolloutFile, "exemptions.": ExemptionsFile} {
			if doc := l.places[file]; doc != nil && strings.HasPrefix(p.Field, prefix) {
				return p.At(doc.Place(p.Field))
			}
		}
		return p
	}
	if len(e.Problems) == 0 {
		return at(&e)
	}
	e.Problems = slices.Clone(e.Problems)
	for i, p := range e.Problems {
		e.Problems[i] = at(p)
	}
	return &e
}
