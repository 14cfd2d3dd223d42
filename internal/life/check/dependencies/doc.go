// Package dependencies holds an app's packages against a database of known
// security holes (SCA), and says which package to change to which version.
//
// The database is of package osv. A small one is built in, so that the check
// works at once; every report says how small it is. An ecosystem that the
// database does not speak about leaves the check incomplete.
//
// Beside known holes the check looks at names that are almost those of
// well-known packages, and at packages that run programs when they are
// installed.
package dependencies
