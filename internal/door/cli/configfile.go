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

// readConfigFile reads a YAML configuration file over the given defaults.
// Errors: Unreadable, Invalid with line and "did you mean" for unknown keys.
func readConfigFile(path string, into *Config) error {
	f, err := os.Open(path)
	if err != nil {
		return core.Errorf(core.Unreadable, "The configuration file %q cannot be read: %w.", path, err).Hinted("Check the path after --file.")
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err != nil || len(b) > maxConfig {
		return core.Errorf(core.Unreadable, "The configuration file %q cannot be read or is larger than 1 MiB.", path)
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return core.Errorf(core.Invalid, "%s", inFile(err)).At(path).Hinted("%s", nearestKey(err))
	}
	return nil
}

func inFile(err error) string {
	var t *yaml.TypeError
	if errors.As(err, &t) && len(t.Errors) > 0 {
		if m := unknownKey.FindStringSubmatch(t.Errors[0]); m != nil {
			return fmt.Sprintf("line %s has the unknown key %q.", m[1], m[2])
		}
		return t.Errors[0] + "."
	}
	return err.Error() + "."
}

var unknownKey = regexp.MustCompile(`line (\d+): field (\S+) not found`)

func nearestKey(err error) string {
	m := unknownKey.FindStringSubmatch(err.Error())
	if m == nil {
		return "Write it as key: value."
	}
	return core.DidYouMean(m[2], []string{"data", "listen", "base_url", "app_domain", "admin", "workerd", "log_level", "lab"})
}

// fileConfig is the --file flag: the values of a file stand below flags and
// environment.
type fileConfig string

// BeforeResolve implements kong's hook.
func (f fileConfig) BeforeResolve(ctx *kong.Context, trace *kong.Path) error {
	path := string(ctx.FlagValue(trace.Flag).(fileConfig))
	if path == "" {
		return nil
	}
	var c Config
	if err := readConfigFile(path, &c); err != nil {
		return err
	}
	b, err := yaml.Marshal(c)
	if err != nil {
		return core.Hidden("Reading the configuration file", err)
	}
	values := map[string]any{}
	if err := yaml.Unmarshal(b, &values); err != nil {
		return core.Hidden("Reading the configuration file", err)
	}
	ctx.AddResolver(kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		for _, name := range flag.Envs {
			if _, set := os.LookupEnv(name); set {
				return nil, nil
			}
		}
		v := values[strings.ReplaceAll(flag.Name, "-", "_")]
		if v == "" || v == false {
			return nil, nil // the file does not say
		}
		return v, nil
	}))
	return nil
}
