// Package dependencies holds an app's packages against a database of known
// security holes (SCA), and says which package to change to which version.
//
// The database is read from an OSV all.zip. A small one is built in, so that
// the check works with no network; every report says how small it is.
package dependencies
