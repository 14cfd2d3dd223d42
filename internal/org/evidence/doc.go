// Package evidence writes and checks evidence packs: one signed file per app
// that an auditor can carry away and verify with no server and no network
// (NEW-5).
//
// A pack is a zip archive in one exact form: files are stored, not compressed,
// in a fixed order with a fixed date, so the same content gives the same bytes
// and no byte is unaccounted for.
//
//	index.html                what is in the pack, for people
//	app.json people.json      the app and who is named
//	decisions.jsonl           each with its input and policy revision
//	approvals.json            requests and answers, bound to digests
//	reports.json artifacts.json deployments.json vendors.json
//	leases.json incidents.json costs.json
//	sbom/<sha256>.json        CycloneDX documents
//	provenance/<sha256>.json  Sigstore bundles (DSSE)
//	audit/events.jsonl        leaf, opening and tlog-proof of each event
//	audit/checkpoint          the signed tree head that the proofs lead to
//	keys/audit.vkey keys/signing.pub
//	manifest.json             digest and size of every file above
//	manifest.sig              signed note over the manifest, by the log's key
//
// A pack proves that what it lists is what was logged. That nothing was left
// out is for the log itself to show: paddock audit verify.
package evidence
