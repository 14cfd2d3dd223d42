package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
)

// maxConfig bounds a configuration file.
const maxConfig = 1 << 20

// fileConfig is the --file flag: the values of a file stand below flags and
// environment, and above the defaults.
type fileConfig string

// BeforeResolve implements kong's hook; it runs when --file was given.
func (fileConfig) BeforeResolve(ctx *kong.Context, trace *kong.Path, std IO) error {
	path, _ := ctx.FlagValue(trace.Flag).(fileConfig)
	values, err := readConfigFile(std, string(path))
	if err != nil {
		return err
	}
	ctx.AddResolver(kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		if _, ok := fromEnvironment(std, flag); ok {
			return nil, nil // the environment wins
		}
		return values[strings.ReplaceAll(flag.Name, "-", "_")], nil
	}))
	return nil
}

// readConfigFile reads a YAML configuration file and returns its values by key.
// Errors: Unreadable, and Invalid with path:line and "did you mean" for every
// fault in it.
func readConfigFile(std IO, path string) (map[string]any, error) {
	f, err := os.Open(std.path(path))
	if err != nil {
		return nil, (&core.Error{Code: core.Unreadable, Msg: fmt.Sprintf("The configuration file %q cannot be opened: %s.", path, cause(err)), Err: err}).
			Hinted("Check the path after --file.")
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err != nil {
		return nil, (&core.Error{Code: core.Unreadable, Msg: fmt.Sprintf("The configuration file %q cannot be read: %s.", path, cause(err)), Err: err}).
			Hinted("Check the path after --file.")
	}
	if len(b) > maxConfig {
		return nil, core.Errorf(core.Unreadable, "The configuration file %q is larger than 1 MiB.", path)
	}
	var c Config
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	if err := dec.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return nil, yamlFaults(path, err)
	}
	values := map[string]any{}
	if err := yaml.Unmarshal(b, &values); err != nil {
		return nil, yamlFaults(path, err)
	}
	return values, nil
}

// cause returns the last words of a file error, without the path.
func cause(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// yamlFaults turns the errors of the YAML reader into ours, all at once.
func yamlFaults(path string, err error) error {
	lines := []string{err.Error()}
	var t *yaml.TypeError
	if errors.As(err, &t) {
		lines = t.Errors
	}
	var faults []*core.Error
	for _, line := range lines {
		faults = append(faults, yamlFault(path, line))
	}
	return core.Join(core.Invalid, fmt.Sprintf("The configuration file %q has several faults:", path), faults)
}

var (
	atLine     = regexp.MustCompile(`^(?:yaml: )?line (\d+): (.*)$`)
	unknownKey = regexp.MustCompile(`^field (\S+) not found in type`)
	wrongType  = regexp.MustCompile("^cannot unmarshal !!(\\S+)(?: `(.*)`)? into (\\S+)$")
	yamlWords  = map[string]string{"seq": "a list", "map": "a group of keys", "str": "text", "bool": "true or false", "int": "a number"}
)

func yamlFault(path, text string) *core.Error {
	text = strings.TrimPrefix(text, "yaml: ")
	if m := atLine.FindStringSubmatch(text); m != nil {
		path, text = path+":"+m[1], m[2]
	}
	if m := unknownKey.FindStringSubmatch(text); m != nil {
		e := core.Errorf(core.Invalid, "The key %q is unknown.", m[1]).At(path)
		if guess := core.DidYouMean(m[1], configKeys()); guess != "" {
			return e.Hinted("%s", guess)
		}
		return e.Hinted("The keys are: %s.", strings.Join(configKeys(), ", "))
	}
	if m := wrongType.FindStringSubmatch(text); m != nil {
		want := map[string]string{"string": "text", "bool": "true or false"}[m[3]]
		if want == "" {
			want = "keys with values"
		}
		got := yamlWords[m[1]]
		if m[2] != "" {
			got = fmt.Sprintf("%q", m[2])
		}
		return core.Errorf(core.Invalid, "There is %s where %s is needed.", got, want).At(path).Hinted("Write it as key: value.")
	}
	return core.Errorf(core.Invalid, "This is not YAML: %s.", text).At(path).Hinted("Write each setting on its own line, as key: value.")
}

// configKeys lists the keys of a configuration file.
func configKeys() []string {
	return []string{"data", "listen", "base_url", "app_domain", "identity", "trusted_proxies", "admin", "workerd", "registry", "registry_auth", "log_level", "lab", "database", "database_file",
		"governance_keys", "vulndb", "vulndb_keys", "vulndb_max_age", "admission_listen", "admission_cert", "admission_key", "admission_client_ca", "admission_anyone", "admission_namespace"}
}
