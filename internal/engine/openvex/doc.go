// Package openvex reads OpenVEX 0.2 documents (github.com/openvex/spec) and says
// what their statements mean for one component in one app.
//
// It fails closed. A document with anything in it that is not understood is
// refused as a whole. Of the statements that may be about a component and a
// vulnerability the newest decide, and they set it aside only if all of them do,
// beyond doubt; otherwise the finding stands.
package openvex
