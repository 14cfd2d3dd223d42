// Package evidence writes and checks evidence packs: one signed file about one
// app or about everything in a period, that an auditor can carry away and
// verify with no server and no network (NEW-5).
//
// An [Exporter] goes through the apps one after another and keeps what it finds
// on disk, so its memory does not grow with their number. [Verify] goes through
// a pack in the same way. The form of the file is package parcel, what is
// evidence for which control is package controls; every file in a pack is
// described in docs/reference/evidence-pack.md.
//
// Records come before the events that prove them: each decision, approval and
// act is held against its event, each event against the one checkpoint, and
// each decision is judged again by the policies in the pack.
//
// What is granted for a time comes from [Grants]. A new kind of grant is one
// more of them; nothing else here needs to know.
package evidence
