# How old what is known of holes in packages may be (CHK-4). No gate uses it yet,
# because the list that is built in is old. Once the platform team brings in data
# (paddock vulndb import), add to gates/change_merge.rego:
#
#	import data.paddock.lib.advisories
#
#	deny contains reason if some reason in advisories.deny
package paddock.lib.advisories

# The most days. Take fewer if a mirror is fetched every day.
most := 14

deny contains {
	"code": "advisories_old",
	"message": sprintf("The data about holes in packages is of %s. It may be %d days old at most.", [input.report.advisory_date, most]),
	"fix": "Ask the platform team to bring in newer data, then push again.",
} if {
	input.report.advisory_days > most
}
