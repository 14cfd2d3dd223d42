# What an artifact must bring along to be deployed (CHK-4).
package paddock.lib.evidence

deny contains {
	"code": "artifact_unknown",
	"message": "There is nothing built to deploy.",
	"fix": "Merge a change. Paddock then builds the app.",
} if {
	input.artifact.digest == ""
}

deny contains {
	"code": "sbom_missing",
	"message": "Nobody wrote down what is inside this build.",
	"fix": "Build the app again through a merge.",
} if {
	input.artifact.sbom == ""
}

deny contains {
	"code": "provenance_missing",
	"message": "Nobody can show where this build came from.",
	"fix": "Build the app again through a merge.",
} if {
	input.artifact.provenance == ""
}

deny contains {
	"code": "provenance_not_signed",
	"message": "The proof of where this build came from is not signed.",
	"fix": "Build the app again through a merge.",
} if {
	input.artifact.provenance != ""
	not input.artifact.signed
}
