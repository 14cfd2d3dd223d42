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
	is_texts(said, {"role", "reason"})
	said.role in roles
	said.reason != ""
}

is_texts(said, keys) if {
	is_object(said)
	every key, text in said {
		key in keys
		is_string(text)
	}
}

# needs are the approvals, one for each role.
needs(entries) := {need |
	some role in roles
	reasons := {e.need.reason | some e in entries; e.answer == "approve"; e.need.role == role}
	count(reasons) > 0
	need := {"role": role, "reason": concat(" ", sort(reasons))}
}

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
