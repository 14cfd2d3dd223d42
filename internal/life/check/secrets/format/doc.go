// Package format finds values and what names them in files, by the format of
// the file: settings (env, INI, properties, JSON, YAML, TOML, XML, HCL), PHP and
// other programs, shell and Docker files, SQL dumps, and the files in which
// tools keep people's sign-ins (.netrc, .pgpass, .htpasswd, shadow, .npmrc ...).
//
// The readers are tolerant and local. They start at a word that may name a
// secret, and read from there what the format allows to follow: so they work on
// parts of files and on broken ones, need no stack and no bound on depth, and
// cost little where no such word stands. They judge nothing.
package format
