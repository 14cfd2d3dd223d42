// Package pipelines reads the pipelines of an app (GitHub Actions and GitLab
// CI) and reports what would not run, what would do something else than it
// says, and what gives strangers power over the app.
//
// What a workflow means is actionlint's judgement; what is safe is judged by
// rules of our own. A file whose dashes or indentation were lost on the way
// from a web page is mended in memory, so that the faults behind it are found.
package pipelines
