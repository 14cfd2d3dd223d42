# What the wrappers of all gates use: how an entry of a policy's set becomes an
# entry of the decision, as the gates themselves do it. Made by Paddock.
package paddock_decision.lib

# The most entries of one set that a gate reads.
most := 500

# readable: a set is there, and not too large.
readable(set_of) if {
	is_set(set_of)
	count(set_of) <= most
}

readable(list) if {
	is_array(list)
	count(list) <= most
}

# untyped hides what the compiler knows of a value: a policy in a wrong form must
# deny, and not keep the whole bundle from loading.
untyped(value) := object.get({"value": value}, "value", null)

# entry is what a policy says, in one form. What has no form denies.
entry(answer, rule, said) := {"answer": answer, "need": said} if {
	answer == "approve"
	is_need(said)
} else := {"answer": answer, "reason": {"code": "policy_denied", "message": said, "rule": rule}} if {
	answer != "approve"
	is_string(said)
	said != ""
} else := {"answer": answer, "reason": reason} if {
	answer != "approve"
	is_reason(said)
	reason := object.union({key: text | some key, text in said; text != ""}, {"rule": rule})
} else := {"answer": "deny", "reason": failed(rule, answer)}

# failed is the denial that a broken policy turns into.
failed(rule, answer) := {
	"code": "policy_error",
	"message": sprintf("A policy failed while it ran, so the answer is no. An answer of %s is not as it should be.", [answer]),
	"fix": sprintf("Ask the platform team to correct the policy %s.", [rule]),
	"rule": rule,
}

is_reason(said) if {
	is_texts(said, {"code", "message", "fix", "path"})
	regex.match(`^[a-z][a-z0-9_]{0,63}$`, said.code)
	said.message != ""
}

is_need(said) if {
	is_texts(object.remove(said, {"quorum", "within_hours", "step_up"}), {"role", "reason", "certification", "escalate_to", "delegate_role"})
	is_approver(said.role)
	said.reason != ""
	whole(object.get(said, "quorum", 0), 20)
	whole(object.get(said, "within_hours", 0), 8760)
	is_boolean(object.get(said, "step_up", false))
	is_role_or_none(object.get(said, "delegate_role", ""))
	escalates(object.get(said, "escalate_to", ""))
}

# is_approver: a role, the owner of the app, or a group of a sign-in provider.
is_approver(role) if role in roles

is_approver("owner")

is_approver(role) if regex.match(`^group:[^/]+/.+$`, role)

is_role_or_none("")

is_role_or_none(role) if role in roles

escalates(to) if is_role_or_none(to)

escalates(to) if contains(to, "@")

whole(n, most) if {
	is_number(n)
	n == floor(n)
	n >= 0
	n <= most
}

is_texts(said, keys) if {
	is_object(said)
	every key, text in said {
		key in keys
		is_string(text)
	}
}

# needs are the approvals, one for each role, on the strictest terms that are asked.
needs(entries) := {need |
	some role in {e.need.role | some e in entries; e.answer == "approve"}
	asked := {e.need | some e in entries; e.answer == "approve"; e.need.role == role}
	terms := {
		"role": role,
		"reason": concat(" ", sort({n.reason | some n in asked})),
		"quorum": max({n | some a in asked; n := object.get(a, "quorum", 0); n > 1} | {0}),
		"certification": concat(" ", sort({c | some a in asked; some c in split(object.get(a, "certification", ""), " "); c != ""})),
		"within_hours": soonest({n | some a in asked; n := object.get(a, "within_hours", 0); n > 0}),
		"escalate_to": agreed({object.get(a, "escalate_to", "") | some a in asked}),
		"delegate_role": agreed({object.get(a, "delegate_role", "") | some a in asked}),
		"step_up": true in {object.get(a, "step_up", false) | some a in asked},
	}
	need := {key: term | some key, term in terms; not term in {"", 0, false}}
}

soonest(hours) := min(hours) if count(hours) > 0

soonest(hours) := 0 if count(hours) == 0

# agreed is what all say; who lets nobody else answer, is right.
agreed(said) := one if {
	count(said) == 1
	some one in said
} else := ""

# images are those of a workload; one without any has one without a name.
images(doc) := list if {
	list := [entry.image | some entry in doc.workload.images; is_string(entry.image)]
	count(list) > 0
} else := [""]

# with_image is the app with another image.
with_image(app, image) := object.union(app, {"image": image, "image_reg": registry(image)}) if {
	is_object(app)
} else := app

registry("") := ""

registry(image) := lower(host) if {
	parts := split(image, "/")
	count(parts) > 1
	host := parts[0]
	regex.match(`[.:]|^localhost$`, host)
} else := "docker.io" if {
	image != ""
}

placed(reason, "") := reason

placed(reason, image) := object.union(reason, {"path": image}) if image != ""

# foreign is an entry of a set as Conftest reads it: a text, or an object with a
# msg. usual has what the entry does not say.
foreign(answer, usual, said, image) := {"answer": answer, "reason": on_image(answer, object.union(usual, {"message": said}), image)} if {
	is_string(said)
	said != ""
} else := {"answer": answer, "reason": on_image(answer, reason, image)} if {
	is_string(said.msg)
	said.msg != ""
	reason := object.union_n([
		usual,
		{"message": said.msg},
		{key: code | key := "code"; code := said.code; is_string(code); regex.match(`^[a-z][a-z0-9_]{0,63}$`, code)},
		{key: said[key] | some key in ["fix", "path"]; is_string(said[key]); said[key] != ""},
	])
} else := {"answer": "deny", "reason": failed(usual.rule, answer)}

# on_image says which image a denial is about.
on_image("deny", reason, image) := placed(reason, image)

on_image("warn", reason, _) := reason
