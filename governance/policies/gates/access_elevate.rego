# Somebody asks for more rights for one app, for a while: the rules that hold then.
package paddock.access.elevate

import data.paddock.lib.access

deny contains reason if some reason in access.deny

approve contains need if some need in access.approve
