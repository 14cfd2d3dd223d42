# Where secrets may be kept (SEC-2).
package paddock.lib.stores

deny contains {
	"code": "store_not_allowed",
	"message": sprintf("The secret %q is kept in %q, which is not allowed here.", [secret.name, secret.store]),
	"fix": sprintf("Keep it in %s.", [concat(" or ", input.org.allowed_stores)]),
	"path": "microapp.yaml",
} if {
	some secret in input.app.secrets
	not secret.store in input.org.allowed_stores
}
