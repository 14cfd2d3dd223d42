// Package lockfile reads what package managers wrote down about an app's
// packages: the lists of exact versions (lock files) and the manifests beside
// them, of npm, pnpm, yarn, bun, deno, pip, Pipenv, Poetry, uv, PDM, Go, Maven,
// Gradle, NuGet, Composer, Bundler and Cargo.
//
// Each format is one file of this package that turns a text into a lock: its
// packages, and a way to find what an ask gets. All else works on the one
// model: Set, Project, Ask, Package.
//
// The files are hostile: sizes, numbers, depths and names are bounded, and what
// cannot be read is a fault or a gap that says so, never an empty list.
package lockfile
