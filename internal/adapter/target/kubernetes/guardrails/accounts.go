package guardrails

// accounts are those of the app, which may do nothing, and of Paddock's deployer,
// which may run the app and no more: it reads no secrets, opens no shell in a
// Pod, and cannot change quota, network policies or rights.
func accounts(namespace string, labels map[string]string) []Object {
	off := Object{"automountServiceAccountToken": false}
	const rbac = "rbac.authorization.k8s.io"
	write := []string{"get", "list", "watch", "create", "update", "patch", "delete"}
	read := []string{"get", "list", "watch"}
	return []Object{
		object("v1", "ServiceAccount", namespace, "default", labels, off),
		object("v1", "ServiceAccount", namespace, Account, labels, off),
		object("v1", "ServiceAccount", namespace, Deployer, labels, off),
		object(rbac+"/v1", "Role", namespace, Deployer, labels, Object{"rules": []Object{
			{"apiGroups": []string{"apps"}, "resources": []string{"deployments"}, "verbs": write},
			{"apiGroups": []string{""}, "resources": []string{"services", "configmaps"}, "verbs": write},
			{"apiGroups": []string{""}, "resources": []string{"pods", "pods/log", "events"}, "verbs": read},
			{"apiGroups": []string{"apps"}, "resources": []string{"replicasets"}, "verbs": read},
		}}),
		object(rbac+"/v1", "RoleBinding", namespace, Deployer, labels, Object{
			"roleRef":  Object{"apiGroup": rbac, "kind": "Role", "name": Deployer},
			"subjects": []Object{{"kind": "ServiceAccount", "name": Deployer, "namespace": namespace}},
		}),
	}
}
