package build

import (
	"context"
	"encoding/json"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/paddock-dev/paddock/internal/core"
)

// Bundler turns the sources of a tree into one ES module.
type Bundler interface {
	// Bundle returns the module that starts at src/worker.ts or src/worker.js.
	// Errors: Blocked for what a maker must change, TooLarge, Unreadable.
	Bundle(ctx context.Context, tree fs.FS, limits Limits) ([]byte, error)
}

// Inline bundles in this process. Use it for trusted sources only, as hostile
// ones can end the process; Isolated is for makers' code.
type Inline struct {
	// Provided lists modules that the runtime has, such as "cloudflare:workers".
	Provided []string
}

// Bundle bundles tree in this process.
func (b Inline) Bundle(ctx context.Context, fsys fs.FS, limits Limits) ([]byte, error) {
	return bundle(ctx, newTree(fsys, limits), b.Provided, limits.Bundle)
}

// entries are the files where an app may start, in order of preference.
var entries = []string{"src/worker.ts", "src/worker.js"}

// space marks files of the tree for esbuild, so that it never takes one for a
// file of this machine.
const space = "app"

func bundle(ctx context.Context, src sources, provided []string, limit int64) ([]byte, error) {
	entry, err := findEntry(src)
	if err != nil {
		return nil, err
	}
	build, bad := api.Context(options(entry, src, provided))
	if bad != nil {
		return nil, explain(bad.Errors)
	}
	defer build.Dispose()
	defer context.AfterFunc(ctx, build.Cancel)()
	result := build.Rebuild()
	switch {
	case ctx.Err() != nil:
		return nil, tooLong(ctx.Err())
	case len(result.Errors) > 0:
		return nil, explain(result.Errors)
	case len(result.OutputFiles) != 1:
		return nil, core.Errorf(core.Internal, "Bundling made %d files; want 1.", len(result.OutputFiles))
	}
	code := result.OutputFiles[0].Contents
	if int64(len(code)) > limit {
		return nil, core.Errorf(core.TooLarge, "The bundled app has %d bytes; the limit is %d.", len(code), limit).
			Hinted("Import less code. Put data and pictures into the public folder.")
	}
	return code, checkExports(result.Metafile, entry)
}

func findEntry(src sources) (string, error) {
	for _, e := range entries {
		if _, ok, err := src.read(e); err != nil || ok {
			return e, err
		}
	}
	return "", core.Errorf(core.Blocked, "The app has no file %s, so there is nothing to run.", entries[0]).
		Hinted("Add the file. It must export an object with a fetch function as default.").At(entries[0])
}

func tooLong(err error) error {
	return (&core.Error{Code: core.TooLarge, Msg: "Bundling the app took too long.", Err: err}).
		Hinted("Import less code, or split large files.")
}

func options(entry string, src sources, provided []string) api.BuildOptions {
	return api.BuildOptions{
		EntryPoints:   []string{entry},
		Outfile:       "/worker.js",
		Bundle:        true,
		Write:         false,
		Format:        api.FormatESModule,
		Target:        api.ES2022,
		Platform:      api.PlatformNeutral,
		Charset:       api.CharsetUTF8,
		Sourcemap:     api.SourceMapNone,
		TreeShaking:   api.TreeShakingTrue,
		Metafile:      true,
		LogLevel:      api.LogLevelSilent,
		LogLimit:      maxProblem,
		AbsWorkingDir: "/",
		TsconfigRaw:   "{}", // else esbuild looks for one on this machine
		Plugins:       []api.Plugin{plugin(src, provided)},
	}
}

// plugin answers every import and every reading from the tree. Whatever esbuild
// would take from this machine by itself ends in load as a foreign namespace.
func plugin(src sources, provided []string) api.Plugin {
	r := resolver{src: src, provided: provided}
	return api.Plugin{Name: "tree", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: ".*"}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			if a.Kind == api.ResolveEntryPoint {
				return api.OnResolveResult{Path: a.Path, Namespace: space}, nil
			}
			file, outside, err := r.resolve(a.Importer, a.Path)
			if err != nil {
				return api.OnResolveResult{Errors: []api.Message{{Text: err.Error(), Detail: err}}}, nil
			}
			if outside {
				return api.OnResolveResult{Path: file, External: true}, nil
			}
			return api.OnResolveResult{Path: file, Namespace: space}, nil
		})
		b.OnLoad(api.OnLoadOptions{Filter: ".*"}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			text, loader, err := load(src, a)
			if err != nil {
				return api.OnLoadResult{Errors: []api.Message{{Text: err.Error(), Detail: err}}}, nil
			}
			return api.OnLoadResult{Contents: &text, Loader: loader}, nil
		})
	}}
}

func load(src sources, a api.OnLoadArgs) (string, api.Loader, error) {
	if a.Namespace != space {
		return "", 0, computed()
	}
	loader, ok := loaders[path.Ext(a.Path)]
	if !ok {
		return "", 0, refuse(a.Path, "Files of this kind cannot be part of the code.", "Put the file into the public folder, or rename it.")
	}
	text, ok, err := src.read(a.Path)
	if err == nil && !ok {
		err = refuse(a.Path, "The file is gone.", "Try again.")
	}
	return string(text), loader, err
}

// loaders says what an imported file is, by its extension.
var loaders = map[string]api.Loader{
	".ts": api.LoaderTS, ".mts": api.LoaderTS, ".tsx": api.LoaderTSX,
	".js": api.LoaderJS, ".mjs": api.LoaderJS, ".cjs": api.LoaderJS, ".jsx": api.LoaderJSX,
	".json": api.LoaderJSON,
	".html": api.LoaderText, ".txt": api.LoaderText, ".md": api.LoaderText, ".css": api.LoaderText,
	".svg": api.LoaderText, ".sql": api.LoaderText, ".csv": api.LoaderText,
}

// checkExports refuses a module that the runtime could not call.
func checkExports(metafile, entry string) error {
	var meta struct {
		Outputs map[string]struct {
			Exports []string
		}
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return core.Hidden("Bundling the app", err)
	}
	for name, out := range meta.Outputs {
		if strings.HasSuffix(name, ".js") && slices.Contains(out.Exports, "default") {
			return nil
		}
	}
	return core.Errorf(core.Blocked, "%s does not say what to run: it has no default export.", entry).
		Hinted("End the file with: export default { fetch(request, env) { ... } }").At(entry)
}
