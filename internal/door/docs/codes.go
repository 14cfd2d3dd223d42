package docs

import "github.com/paddock-dev/paddock/internal/core"

// Code is one entry of the errors page.
type Code struct {
	Code  core.Code
	Means string // what has happened
	Next  string // what the caller does next
}

// Codes lists every error code, in the order of the page.
func Codes() []Code {
	return []Code{
		{core.Invalid, "The input is wrong. The field says where.", "Correct the field and send it again."},
		{core.Unreadable, "The input could not be read at all.", "Check the file, the JSON or the address."},
		{core.TooLarge, "A limit of size, depth or time was passed.", "Send less, or split it."},
		{core.Unauthorized, "Nobody is signed in, or the access token has ended.", "Open a sign-in link, or make a new access token."},
		{core.Forbidden, "You are signed in, but you do not have the right.", "Ask the person that the message names."},
		{core.NotFound, "There is no such thing, or you may not see it.", "Check the name, or ask the owner."},
		{core.Conflict, "The state of the thing does not permit this act.", "Load it again and look at its state."},
		{core.Denied, "A rule of the organisation said no. Each reason is listed.", "Do what each reason asks for, then try again."},
		{core.Pending, "The act waits for a human. The request is open.", "Wait. You are told when somebody has answered."},
		{core.Blocked, "Findings of the checks stand in the way.", "Follow the steps of each finding."},
		{core.RateLimited, "There were too many requests.", "Wait a minute, then try again."},
		{core.Unavailable, "Something that is needed is not there right now.", "Try again in a minute."},
		{core.Internal, "A fault of Paddock's own. Details are in its log only.", "Try again, then give the request id to the platform team."},
	}
}
