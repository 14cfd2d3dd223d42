// Package backup takes a copy of a living installation, verifies it, and puts it
// back (promise 4).
//
// A backup is an ordinary data folder, or an archive of one, that agrees with
// itself as if the server had been killed at one moment: from such a state the
// server goes on by design (promise 8). It is made in this order:
//
//  1. All files are copied while the server works. Git objects, artifacts and
//     other files are only ever added, and only then named by a record or a ref.
//  2. For a moment no act can commit: the database is held, as by one more
//     writer. A read transaction is opened on that moment, and the parts of
//     repositories that change (refs, configuration, reflogs) are copied again
//     where they differ from step 1. Then acts go on.
//  3. Files that were added since step 1 are copied, so that whatever the moment
//     names is there. What is newer than the moment is harmless: nothing names it.
//  4. The database is copied from the read transaction, and each app's own
//     database by SQLite's online backup.
//
// The database first and the files after it would not do: a repository frozen,
// or an app's repository made, after the moment would meet records that know
// nothing of it. Files first and the database last would not do either: records
// would name commits that were not copied.
//
// The copy grows in a folder beside its place, is verified there (package fsck,
// git, the manifest), made to last, and moved into place by one rename. What
// has no manifest, or lies in a folder named *.unfinished, is no backup.
package backup
