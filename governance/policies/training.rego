# What a maker must have learned (WFL-2).
package paddock.lib.training

deny contains {
	"code": "course_missing",
	"message": sprintf("This template asks you to pass the course %q first.", [input.template.course]),
	"fix": "Take the course. It needs a few minutes.",
} if {
	input.template.course != ""
	not input.template.course in input.actor.courses
}
