// Package witness has other machines keep watch over the audit log, and keeps
// watch over the logs of others: c2sp.org/tlog-witness, with timestamped
// cosignatures as in c2sp.org/tlog-cosignature.
//
// A [Witness] cosigns the checkpoints of logs whose keys it was given, as long
// as each one continues the one before. An [Asker] brings each new checkpoint of
// our own log to the witnesses of the organisation. A log that was rewritten or
// cut back finds no cosignature any more, and both sides say so.
//
// A witness that fails or is silent never stops the log.
package witness
