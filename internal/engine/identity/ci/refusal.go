package ci

import "github.com/paddock-dev/paddock/internal/core"

// Reasons why a token does not count. They are stable: the answer to an exchange
// names one, and so does the event of a refusal.
const (
	NotAToken      = "not_a_token"
	TooBig         = "token_too_big"
	BadHeader      = "header_not_allowed"
	BadAlgorithm   = "algorithm_not_allowed"
	BadKeyID       = "key_id_not_allowed"
	UnknownKey     = "key_unknown"
	BadSignature   = "signature_wrong"
	BadJSON        = "claims_not_plain"
	Duplicate      = "claim_twice"
	UnknownIssuer  = "issuer_unknown"
	WrongAudience  = "audience_wrong"
	Expired        = "token_expired"
	NotYet         = "token_not_yet_valid"
	TooLong        = "token_lives_too_long"
	MissingClaim   = "claim_missing"
	BadClaim       = "claim_malformed"
	BadSubject     = "sub_malformed"
	SubjectDiffers = "sub_disagrees"
	KeysUnread     = "issuer_unreachable"
)

// refuse says why a token does not count. The reason is the error's field.
func refuse(reason, format string, args ...any) *core.Error {
	return core.Errorf(core.Unauthorized, format, args...).At(reason)
}
