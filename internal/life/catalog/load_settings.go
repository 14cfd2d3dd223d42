package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/catalog/strict"
)

// secretPolicyDoc is the published secret policy as a file of its own.
type secretPolicyDoc struct {
	SecretPolicy SecretPolicy `yaml:"secret_policy" required:"true"`
}

// ParseSettings reads paddock.yaml over the defaults, and secrets-policy.json
// if secretPolicy is not nil.
func ParseSettings(b, secretPolicy []byte) (s Settings, warnings []*core.Error, err error) {
	l := &loader{places: map[string]*strict.Doc{}, rev: &Revision{Settings: Default()}}
	l.parseSettings(b, secretPolicy)
	if err := core.Join(core.Invalid, "The settings have faults:", l.faults); err != nil {
		return Settings{}, l.rev.Warnings, err
	}
	return l.rev.Settings, l.rev.Warnings, nil
}

func (l *loader) settings() {
	b, ok := l.read(SettingsFile)
	if !ok {
		return
	}
	var secretPolicy []byte
	if _, err := fs.Stat(l.fsys, SecretPolicyFile); !errors.Is(err, fs.ErrNotExist) {
		if secretPolicy, ok = l.read(SecretPolicyFile); !ok {
			return
		}
	}
	l.parseSettings(b, secretPolicy)
}

func (l *loader) parseSettings(b, secretPolicy []byte) {
	doc, found, err := readFile(SettingsFile, b, &l.rev.Settings)
	if err != nil {
		l.note(err)
		return
	}
	l.faults = append(l.faults, found...)
	l.keep(SettingsFile, doc)
	secrets := doc
	if secretPolicy != nil {
		if doc.Has("secret_policy") {
			l.faults = append(l.faults, core.Errorf(core.Invalid, "The secret policy is here and in %s.", SecretPolicyFile).Hinted("Keep one of them.").At(doc.Place("secret_policy")))
		}
		if secrets = l.parseSecretPolicy(secretPolicy); secrets == nil {
			secrets = doc
		}
	}
	for _, e := range l.rev.Settings.faults() {
		at := doc
		if strings.HasPrefix(e.Field, "secret_policy.") {
			at = secrets
		}
		l.faults = append(l.faults, placed(at, faults{e})...)
	}
}

// parseSecretPolicy returns nil if the file cannot be read at all.
func (l *loader) parseSecretPolicy(b []byte) *strict.Doc {
	file := secretPolicyDoc{SecretPolicy: l.rev.Settings.SecretPolicy}
	doc, found, err := readFile(SecretPolicyFile, b, &file)
	if err != nil {
		l.note(err)
		return nil
	}
	l.faults = append(l.faults, found...)
	l.rev.Warnings = append(l.rev.Warnings, doc.Warnings()...)
	if !doc.Has("secret_policy") {
		l.faults = append(l.faults, core.Errorf(core.Invalid, "The key %q is missing.", "secret_policy").Hinted("Put the policy inside it.").At(doc.Place("secret_policy")))
	}
	l.rev.Settings.SecretPolicy = file.SecretPolicy
	return doc
}

func key(list string, i int) string { return fmt.Sprintf("%s.%d", list, i) }

// HostAllowed reports whether host is in the list of a vendor's hosts, where
// *.example.com stands for exactly one level. A port must be the same.
func HostAllowed(known []string, host string) bool {
	for _, k := range known {
		if strings.EqualFold(k, host) {
			return true
		}
		if suffix, ok := strings.CutPrefix(k, "*"); ok {
			first, rest, _ := strings.Cut(host, ".")
			if first != "" && first != "*" && strings.EqualFold("."+rest, suffix) {
				return true
			}
		}
	}
	return false
}
