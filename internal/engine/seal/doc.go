// Package seal keeps the installation's keys and everything that is done with
// them: sealing secrets (SEC-2), signing evidence (CHK-4), signing the audit
// log (LIF-3) and making fingerprints that show nothing of the value.
//
// All keys live in one file, DIR/keyring, so a backup of that file and the
// database is a backup of every secret. Whoever holds the file can read every
// secret and sign as this installation; it must stay readable by one user only,
// and Open refuses it otherwise. The public keys stand beside it
// (DIR/signing.pub, DIR/audit.vkey, DIR/witness.vkey, DIR/outside.pub) to be handed to
// anybody who verifies.
//
// This package and org/secret open a core.Secret; so does the egress gateway.
package seal
