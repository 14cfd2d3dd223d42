# A revision of these rules is put in force: nothing is denied here by default.
# Add deny to hold revisions back, approve to ask a person for a yes.
package paddock.policy.publish

import data.paddock.lib.approvals

approve contains need if some need in approvals.approve
