// Package egress is the gateway between one app and the outside (NEW-2,
// RUN-1). An app has no network of its own; every call it makes arrives here
// on the app's own unix socket, in clear and in absolute form
// ("GET https://api.example.com/x"), also for https. The gateway decides by
// the app's declared and approved vendors, adds the vendor's credential, does
// TLS itself, and counts. App code never holds a credential.
//
// What it does not do: it checks a response for an echo of the credential in
// its usual spellings, but a vendor that sends it back transformed in another
// way would get through.
package egress
