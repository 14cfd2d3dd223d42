// Package guardrails writes an organisation's limits in a Kubernetes cluster's
// own terms, so that they hold there while Paddock is down:
//
//   - Namespace makes the objects of one app's namespace: Pod Security, quota,
//     limits, network policy, accounts and their few rights.
//   - Policies makes ValidatingAdmissionPolicies (CEL) for all namespaces that
//     carry the label paddock.dev/managed.
//   - Gatekeeper makes the same rules as constraints of OPA Gatekeeper, and Bound
//     does that to an organisation's own allow-style policies.
//
// The package is pure, and the same input gives the same bytes. Nothing here
// touches namespaces of Kubernetes itself.
package guardrails
