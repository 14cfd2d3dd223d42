# Access for a while: duration by role and classification, ticket, reason, hours,
# and who is asked.
package paddock.access_test

import data.paddock.access.elevate
import data.paddock.example_test as ex

codes := {reason.code | some reason in elevate.deny}

roles := {need.role | some need in elevate.approve}

but(changes) := object.union(ex.elevated, changes)

by(role, class) := but({"access": {"role": role, "minutes": 30}, "app": {"classification": class}})

test_a_look_is_granted if {
	count(codes) == 0 with input as ex.elevated
	count(roles) == 0 with input as ex.elevated
}

test_no_role_lasts_longer_than_it_may if {
	every want in [
		["viewer", "internal", 480], ["viewer", "phi", 120], ["editor", "restricted", 240], ["deployer", "internal", 240], ["operator", "phi", 60],
		["owner", "restricted", 120], ["data-reader", "internal", 120], ["data-reader", "phi", 60], ["data-writer", "phi", 30],
	] {
		codes == set() with input as but({"access": {"role": want[0], "minutes": want[2]}, "app": {"classification": want[1]}})
		codes == {"grant_too_long"} with input as but({"access": {"role": want[0], "minutes": want[2] + 1}, "app": {"classification": want[1]}})
	}
}

test_the_organisation_can_allow_less if {
	codes == {"grant_too_long"} with input as but({"access": {"minutes": 61, "limits": {"longest_minutes": 60}}})
	codes == set() with input as but({"access": {"minutes": 60, "limits": {"longest_minutes": 60}}})
}

test_an_unknown_role_or_class_is_short if {
	codes == {"grant_too_long"} with input as but({"access": {"role": "emperor", "minutes": 31}})
	codes == {"grant_too_long"} with input as but({"access": {"minutes": 31}, "app": {"classification": ""}})
}

test_tickets if {
	codes == {"ticket_missing"} with input as but({"access": {"role": "editor", "ticket": ""}})
	codes == {"ticket_missing"} with input as but({"access": {"ticket": ""}, "app": {"classification": "phi"}})
	codes == set() with input as but({"access": {"ticket": ""}})
	codes == {"ticket_malformed"} with input as but({"access": {"ticket": "please"}})
	codes == {"ticket_malformed"} with input as but({"access": {"ticket": "OPS-12; drop"}})
	codes == set() with input as but({"access": {"ticket": "please", "limits": {"ticket_pattern": ""}}})
}

test_a_reason_is_a_sentence if codes == {"reason_too_short"} with input as but({"access": {"reason": "because   "}})

test_hours if {
	office := {"from_hour": 8, "to_hour": 18, "weekdays": ["monday", "friday"]}
	codes == set() with input as but({"access": {"hour": 8, "limits": office}})
	codes == {"outside_hours"} with input as but({"access": {"hour": 7, "limits": office}})
	codes == {"outside_hours"} with input as but({"access": {"hour": 18, "limits": office}})
	codes == {"outside_hours"} with input as but({"access": {"weekday": "sunday", "limits": office}})
}

test_who_is_asked if {
	roles == {"platform"} with input as by("deployer", "internal")
	roles == {"platform"} with input as by("editor", "public")
	roles == {"security"} with input as by("viewer", "restricted")
	roles == {"security"} with input as by("owner", "phi")
	roles == {"security"} with input as by("data-reader", "internal")
	roles == {"security", "privacy"} with input as by("data-reader", "phi")
}

test_the_settings_can_ask_more if {
	more := [{"gate": "access.elevate", "classification": "internal", "role": "data-owner", "reason": "Ours."}]
	roles == {"data-owner"} with input as but({"org": {"approvals": more}})
}
