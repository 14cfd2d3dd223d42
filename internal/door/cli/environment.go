package cli

import (
	"github.com/alecthomas/kong"
)

// environment gives flags the values of their variables. It asks std, not the
// process, so that tests and callers can bring their own.
func environment(std IO) kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		if v, ok := fromEnvironment(std, flag); ok {
			return v, nil
		}
		return nil, nil
	})
}

func fromEnvironment(std IO, flag *kong.Flag) (string, bool) {
	if std.Env == nil {
		return "", false
	}
	for _, name := range flag.Envs {
		if v, ok := std.Env(name); ok {
			return v, true
		}
	}
	return "", false
}
