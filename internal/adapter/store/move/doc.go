// Package move copies Paddock's records from one database to another: from
// SQLite to PostgreSQL when an installation grows, from PostgreSQL into the
// paddock.db of a backup, and back.
//
// A [Reader] shows one moment of the source. A [Target] is written to table by
// table, in the order of the keys, in batches whose progress commits with them,
// so that a copy that was killed goes on where it stood. [Copy] brings over what
// is missing, fast; [Settle] then holds both sides against each other row by row,
// mends what differs, and ends only after a pass in which nothing did. [Root]
// recomputes the root of the audit log from the rows. [Target.Finish] puts back
// the foreign keys and triggers that stood in the way.
//
// Until Finish has committed the target is no database to work with: it carries
// the table paddock_move, and the store refuses to open it.
//
// Every table of the schema is copied but those in [apart]: the tables are read
// from the database's own catalogue, so a new one cannot be forgotten. River's
// tables differ between the engines; what is waiting in them is taken over by
// engine/job, which knows them.
package move
