// Package export writes events for other programs: as OCSF JSON lines for
// security systems, and as CSV for people with a spreadsheet.
//
// Every export says in itself what it is: how many events there are of the kind
// that was asked for (the population), the query, when and by whom it was made,
// and the checkpoint of the log that it was taken under. An export whose rows
// are fewer than its population was cut off.
package export
