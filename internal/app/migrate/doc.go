// Package migrate moves a living installation from SQLite to PostgreSQL.
//
// The bulk is copied while the server runs, from one moment of the database. The
// rest needs the data folder to itself, for a short stop: what changed since is
// copied, every row of both sides is compared, the audit log's root is computed
// from the rows on both sides, and waiting tasks are taken over. Then the data
// folder is marked, the target is finished in one transaction, and the old
// database is renamed. Nothing is deleted. Killed at any point, the same command
// goes on.
//
// Between the mark and the rename no server starts on the folder, and none
// starts on a database that is not finished: at no time are there two.
package migrate
