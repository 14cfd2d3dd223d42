# An app calls a vendor: the rules that hold then.
package paddock.vendor.use

import data.paddock.lib.vendors

deny contains reason if some reason in vendors.deny
