package web

import "net/http"

// flash is a key for something that was just done. Keys travel in the query,
// texts never do, so that a link cannot make a page say what it likes.
type flash string

// The things a page may say were done.
const (
	didCreate     flash = "created"
	didDeploy     flash = "deploying"
	didMerge      flash = "merged"
	didArchive    flash = "archived"
	didRestore    flash = "restored"
	didReactivate flash = "reactivated"
	didGive       flash = "given"
	didApprove    flash = "approved"
	didRefuse     flash = "refused"
	didPass       flash = "passed"
	didWait       flash = "waiting"
	didConnect    flash = "connected"
	didDisconnect flash = "disconnected"
	didRevoke     flash = "revoked"
	didAskAccess  flash = "access-asked"
	didEndAccess  flash = "access-ended"
	didKeepRight  flash = "right-stays"
	didTakeRight  flash = "right-gone"
	didAskRight   flash = "right-asked"
	didSignOut    flash = "signed-out"
	didEndSession flash = "session-ended"
	didLeave      flash = "away"
	didReturn     flash = "back"
	didLink       flash = "linked"
	didReview     flash = "reviewed"
)

// text says it in words; unknown keys say nothing.
func (f flash) text() string {
	switch f {
	case didCreate:
		return "Your app is being made. This takes a few seconds."
	case didDeploy:
		return "The new version is on its way. It is live when the list says so."
	case didMerge:
		return "The change is merged. A new version is being built."
	case didArchive:
		return "The app is archived. Its data is kept, and you can restore it."
	case didRestore:
		return "The app is back, with its data."
	case didReactivate:
		return "The app is active again. Its idle time starts from zero."
	case didGive:
		return "The app has a new owner, who was told."
	case didApprove:
		return "Your yes is recorded. It counts for exactly what you saw."
	case didRefuse:
		return "Your no is recorded, and the person who asked can read your note."
	case didPass:
		return "You passed. You can go on with your app now."
	case didWait:
		return "This waits for a person to approve it. You will get a notice."
	case didConnect:
		return "You confirmed the pipeline. The list says whether it may act now."
	case didDisconnect:
		return "The pipeline is removed. Its access tokens open nothing any more."
	case didRevoke:
		return "The token is revoked. It opens nothing any more."
	case didLeave:
		return "Your absence is saved."
	case didReturn:
		return "The absence has ended. Requests come to you again."
	case didReview:
		return "Your review is recorded."
	case didLink:
		return "What you said of the accounts is recorded."
	case didAskAccess:
		return "You asked for access. The page says where it stands."
	case didEndAccess:
		return "Done. The page says where the access stands now."
	case didKeepRight:
		return "The right stays. Your reason is recorded."
	case didTakeRight:
		return "The right is gone, at once."
	case didAskRight:
		return "Somebody has to take this right away. A ticket asks for it, and the review watches."
	case didSignOut:
		return "You are signed out."
	case didEndSession:
		return "The session is ended. That browser must sign in again."
	}
	return ""
}

func flashOf(r *http.Request) flash { return flash(r.URL.Query().Get("did")) }
