# A change is merged: the rules that hold then.
package paddock.change.merge

import data.paddock.lib.approvals
import data.paddock.lib.budgets
import data.paddock.lib.classification
import data.paddock.lib.regions
import data.paddock.lib.registries
import data.paddock.lib.runtimes
import data.paddock.lib.scans
import data.paddock.lib.stores
import data.paddock.lib.templates
import data.paddock.lib.vendors

deny contains reason if some reason in templates.deny

deny contains reason if some reason in classification.deny

deny contains reason if some reason in regions.deny

deny contains reason if some reason in runtimes.deny

deny contains reason if some reason in registries.deny

deny contains reason if some reason in vendors.deny

deny contains reason if some reason in stores.deny

deny contains reason if some reason in budgets.deny

deny contains reason if some reason in scans.deny

approve contains need if some need in budgets.approve

approve contains need if some need in approvals.approve
