// Package inventory answers which apps hold a component (CHK-4): "lodash <
// 4.17.21", over the whole fleet, in one query.
//
// It reads bills of materials (CycloneDX JSON) into parts, which the store keeps
// with the artifact, and it reads queries. The distinct versions of a name are
// few: they are compared here, by the order of their ecosystem, and the store is
// asked only for the holders of those that match.
package inventory
