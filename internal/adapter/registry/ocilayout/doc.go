// Package ocilayout keeps artifacts and their evidence in an OCI image layout
// on disk, the embedded registry (CHK-4).
//
// The folder is a plain OCI layout, so oras, crane and skopeo read it. Evidence
// is attached the OCI way: a manifest whose subject is the artifact. For a quick
// look-up, index.json repeats the subject in an annotation of the descriptor;
// the manifest's own subject is what counts.
//
// A tag is one more entry of index.json, with the name that other OCI tools know.
// Tags are for people: they move, and nothing is decided on one. An index that
// had to be built again has none.
//
// Every file is written whole: temporary file, sync, rename, sync of the folder.
// Blobs come before the manifest and the manifest before index.json, so a crash
// leaves at most blobs that nothing names, and pushing again completes the work.
// One process writes at a time; within it, all methods may run at once.
package ocilayout
