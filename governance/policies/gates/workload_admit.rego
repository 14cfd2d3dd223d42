# A cluster's API server asks whether something may run: the rules that hold then.
package paddock.workload.admit

import data.paddock.lib.workloads

deny contains reason if some reason in workloads.deny

warn contains reason if some reason in workloads.warn
