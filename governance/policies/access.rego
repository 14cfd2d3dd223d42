# Rights for a while (WFL-3): how long, for which reason, at which hours, and who
# must say yes. Four eyes and the end are the engine's; this adds what this
# organisation wants.
package paddock.lib.access

import data.paddock.lib.approvals

# The most minutes, by role and by classification of the app.
longest := {
	"viewer": {"public": 480, "internal": 480, "restricted": 240, "phi": 120},
	"editor": {"public": 480, "internal": 480, "restricted": 240, "phi": 120},
	"deployer": {"public": 480, "internal": 240, "restricted": 120, "phi": 60},
	"operator": {"public": 480, "internal": 240, "restricted": 120, "phi": 60},
	"owner": {"public": 480, "internal": 240, "restricted": 120, "phi": 60},
	"data-reader": {"public": 240, "internal": 120, "restricted": 60, "phi": 60},
	"data-writer": {"public": 120, "internal": 60, "restricted": 30, "phi": 30},
}

default most := 30

most := min({longest[input.access.role][input.app.classification], input.access.limits.longest_minutes})

deny contains {
	"code": "grant_too_long",
	"message": sprintf("You asked for %d minutes. This role may last %d minutes for this app.", [input.access.minutes, most]),
	"fix": sprintf("Ask for %d minutes or less.", [most]),
} if {
	input.access.minutes > most
}

# A look at an app that is not sensitive needs no ticket; all else does.
ticketless if {
	input.access.role == "viewer"
	input.app.classification in {"public", "internal"}
}

deny contains {
	"code": "ticket_missing",
	"message": "This access needs a ticket.",
	"fix": "Write the number of the ticket that this is for.",
} if {
	not ticketless
	input.access.ticket == ""
}

deny contains {
	"code": "ticket_malformed",
	"message": sprintf("The ticket %q does not look like one of ours.", [input.access.ticket]),
	"fix": sprintf("It must match %s.", [input.access.limits.ticket_pattern]),
} if {
	input.access.ticket != ""
	input.access.limits.ticket_pattern != ""
	not regex.match(input.access.limits.ticket_pattern, input.access.ticket)
}

deny contains {
	"code": "reason_too_short",
	"message": "The reason is too short to be understood later.",
	"fix": "Write in a sentence what you will do, and why.",
} if {
	count(trim_space(input.access.reason)) < 10
}

at_work if {
	input.access.hour >= input.access.limits.from_hour
	input.access.hour < input.access.limits.to_hour
	workday
}

workday if count(input.access.limits.weekdays) == 0

workday if input.access.weekday in input.access.limits.weekdays

deny contains {
	"code": "outside_hours",
	"message": sprintf("Access does not begin on %s at %d o'clock.", [input.access.weekday, input.access.hour]),
	"fix": sprintf("Plan a start from %d to %d o'clock.", [input.access.limits.from_hour, input.access.limits.to_hour]),
} if {
	not at_work
}

sensitive if input.app.classification in {"restricted", "phi"}

touches_data if input.access.role in {"data-reader", "data-writer"}

approve contains need if some need in approvals.approve

approve contains {"role": "security", "reason": "The app is sensitive."} if sensitive

approve contains {"role": "security", "reason": "Somebody wants to see what the app keeps."} if touches_data

approve contains {"role": "privacy", "reason": "Somebody wants to see health data."} if {
	touches_data
	input.app.classification == "phi"
}

approve contains {"role": "platform", "reason": "Somebody wants to change an app of others."} if {
	not sensitive
	not touches_data
	input.access.role != "viewer"
}
