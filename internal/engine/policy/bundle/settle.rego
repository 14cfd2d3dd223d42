# What becomes of a denial: by how far its rule is rolled out, and by the
# exemptions. stages and exemptions are made from their files. Made by Paddock.
package paddock_decision.lib

# outcome is deny, warn or off. A policy that failed always denies.
outcome(reason) := "deny" if {
	reason.code == "policy_error"
} else := "off" if {
	stage(reason.code) == "off"
} else := "warn" if {
	stage(reason.code) == "warn"
} else := "warn" if {
	count(holding(reason.code)) > 0
} else := "deny"

# warning is a denial that only warns. It says so where the app is exempt.
warning(reason) := object.union(reason, {"message": sprintf("%s This app is exempt until %s by %s.", [reason.message, e.expires, e.approver])}) if {
	stage(reason.code) == "enforce"
	e := holding(reason.code)[0]
} else := reason

# app is what the input says of the app.
default app := {}

app := input.app if is_object(input.app)

default owner := ""

owner := lower(app.owner) if is_string(app.owner)

default name := ""

name := app.name if is_string(app.name)

# day is the day of the decision, in UTC.
default day := ""

day := time.format([time.parse_rfc3339_ns(input.now), "UTC", "2006-01-02"]) if is_string(input.now)

# stage is that of a rule for the app: the first that speaks of it holds.
stage(code) := "enforce" if {
	not stages[code]
} else := "warn" if {
	stages[code].halted
	reached(code) == "enforce"
} else := reached(code)

reached(code) := told(code, "owner", owner) if {
	owner != ""
} else := told(code, "owner", domain) if {
	parts := split(owner, "@")
	count(parts) > 1
	domain := concat("", ["@", parts[count(parts) - 1]])
} else := told(code, "classification", app.classification) if {
	is_string(app.classification)
} else := stages[code].stage if {
	share(code) < stages[code].percent
} else := stages[code].otherwise

# told is what the rollout of a rule says of one owner, domain or classification.
told(code, kind, who) := stage if {
	stage := object.get(stages[code], [kind, who], "")
	stage != ""
}

# share places the app, for one rule, at a number from 0 to 99 that never
# changes: the first eight bytes of a digest, modulo 100.
share(code) := 99 if {
	name == ""
} else := n % 100 if {
	digest := crypto.sha256(concat("\u0000", [code, name]))
	n := sum([part |
		some i, weight in sixteens
		part := weight * indexof("0123456789abcdef", substring(digest, i, 1))
	])
}

# The powers of 16 from the 15th to the 0th, modulo 100.
sixteens := [76, 36, 96, 56, 16, 76, 36, 96, 56, 16, 76, 36, 96, 56, 16, 1]

# holding are the exemptions from a rule that hold for the app now.
holding(code) := [e |
	some e in exemptions
	e.rule == code
	e.app == name
	name != ""
	day != ""
	day <= e.expires
	lower(e.approver) != owner
	not co_owned(e.approver)
]

co_owned(email) if {
	some other in app.co_owners
	lower(other) == lower(email)
}
