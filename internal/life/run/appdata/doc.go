// Package appdata is the database service of apps: one SQLite file per app,
// owned by the server, spoken to in the wire form of workerd's D1 binding over
// the app's own unix socket. The file outlives every process and deployment of
// its app, so that backup, archive and restore need no app.
//
// An app may do what it likes inside its file, and nothing outside it: SQL is
// read statement by statement against a list of what may start one, so that
// ATTACH, VACUUM INTO, transactions across requests and settings of the
// connection are refused; size, time, rows and answers are bounded. The
// function that opens the file may add walls of its own (an authorizer).
package appdata
