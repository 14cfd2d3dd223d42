package core

// LicenceRules say what becomes of packages under a licence. Lists hold SPDX ids
// and classes of licences: free, weak, copyleft, network, restricted. An id
// beats a class, and deny beats ask beats allow.
type LicenceRules struct {
	Allow   []string `yaml:"allow" doc:"Licences that need no word."`
	Ask     []string `yaml:"ask" doc:"Licences that people are told of; they do not block."`
	Deny    []string `yaml:"deny" doc:"Licences that block the merge."`
	Unknown string   `yaml:"unknown" enum:"allow,ask,deny" doc:"What becomes of packages whose licence is not known. Default ask."`
}

// Licences are the rules of an organisation: those for a classification go
// before those for an audience, and these before the general ones.
type Licences struct {
	Allow           []string                `yaml:"allow" doc:"Licences of packages that need no word: SPDX ids, and the classes free, weak, copyleft, network, restricted. Default free and weak."`
	Ask             []string                `yaml:"ask" doc:"Licences that people are told of, but that do not block. Default copyleft, and network unless the app is public."`
	Deny            []string                `yaml:"deny" doc:"Licences that block the merge. Default restricted, and network if the app is public. An id beats a class, and deny beats ask beats allow."`
	Unknown         string                  `yaml:"unknown" enum:"allow,ask,deny" doc:"What becomes of packages whose licence is not known. Default ask."`
	Audiences       map[string]LicenceRules `yaml:"audiences" doc:"Other rules for the apps of an audience: owners, organisation or public. They go before the general ones."`
	Classifications map[string]LicenceRules `yaml:"classifications" doc:"Other rules for the apps of a classification: public, internal, restricted or phi. They go before those of an audience."`
}

// For returns the rules for an app, the ones that go first at the front.
func (l Licences) For(audience string, class Classification) []LicenceRules {
	var out []LicenceRules
	if r, ok := l.Classifications[string(class)]; ok {
		out = append(out, r)
	}
	if r, ok := l.Audiences[audience]; ok {
		out = append(out, r)
	}
	return append(out, LicenceRules{Allow: l.Allow, Ask: l.Ask, Deny: l.Deny, Unknown: l.Unknown})
}
