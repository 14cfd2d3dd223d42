# Other companies' services that an app calls (WFL-4).
package paddock.lib.vendors

import data.paddock.lib.classes

# The vendor in question, or all that the app declares.
asked contains input.vendor if input.gate == "vendor.use"

asked contains vendor if {
	input.gate != "vendor.use"
	some vendor in input.app.vendors
}

deny contains {
	"code": "vendor_not_approved",
	"message": sprintf("The vendor %q is not approved.", [vendor.name]),
	"fix": "Ask the security team to review it, or choose an approved vendor.",
	"path": "microapp.yaml",
} if {
	some vendor in asked
	vendor.state != "approved"
}

deny contains {
	"code": "vendor_host_unknown",
	"message": sprintf("The address %s does not belong to the vendor %q.", [host, vendor.name]),
	"fix": sprintf("Use only %s.", [concat(" or ", vendor.known_hosts)]),
	"path": "microapp.yaml",
} if {
	some vendor in asked
	vendor.state == "approved"
	some host in vendor.hosts
	not known(host, vendor.known_hosts)
}

deny contains {
	"code": "vendor_not_in_region",
	"message": sprintf("Apps in %s may not use the vendor %q.", [input.app.region, vendor.name]),
	"fix": "Choose a vendor that is approved for this region.",
	"path": "microapp.yaml",
} if {
	some vendor in asked
	vendor.state == "approved"
	not input.app.region in vendor.regions
}

deny contains {
	"code": "vendor_without_agreement",
	"message": sprintf("There is no valid data agreement with %q, and the app's data is sensitive.", [vendor.name]),
	"fix": "Ask the privacy team for a data processing agreement first.",
	"path": "microapp.yaml",
} if {
	classes.sensitive
	some vendor in asked
	not agreed(vendor)
}

deny contains {
	"code": "vendor_without_review",
	"message": sprintf("The privacy review of %q is not done, and the app's data is sensitive.", [vendor.name]),
	"fix": "Ask the privacy team for a review first.",
	"path": "microapp.yaml",
} if {
	classes.sensitive
	some vendor in asked
	vendor.privacy_state != "approved"
}

agreed(vendor) if {
	vendor.dpa_signed
	vendor.dpa_expires == ""
}

agreed(vendor) if {
	vendor.dpa_signed
	substring(input.now, 0, 10) <= vendor.dpa_expires
}

known(host, hosts) if host in hosts

# *.example.com stands for one level below example.com.
known(host, hosts) if {
	some wild in hosts
	startswith(wild, "*.")
	labels := split(host, ".")
	concat(".", array.slice(labels, 1, count(labels))) == substring(wild, 2, -1)
}
