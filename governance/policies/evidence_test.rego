package paddock.lib.evidence_test

import data.paddock.example_test as ex
import data.paddock.lib.evidence

codes := {reason.code | some reason in evidence.deny}

test_good_input_passes if count(codes) == 0 with input as ex.good

test_nothing_built if codes == {"artifact_unknown"} with input as ex.but("/artifact/digest", "")

test_no_sbom if codes == {"sbom_missing"} with input as ex.but("/artifact/sbom", "")

test_no_provenance if codes == {"provenance_missing"} with input as ex.but("/artifact/provenance", "")

test_no_signature if codes == {"provenance_not_signed"} with input as ex.but("/artifact/signed", false)

test_without_provenance_there_is_nothing_to_sign if {
	codes == {"provenance_missing"} with input as ex.but2("/artifact/provenance", "", "/artifact/signed", false)
}
