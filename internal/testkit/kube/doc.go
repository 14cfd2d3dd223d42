// Package kube gives tests a real Kubernetes API server: one etcd and one
// kube-apiserver for each test process, on loopback, which end with it, and a
// namespace for each test. The programs are built by make kubernetes and kept
// outside of the repository; a test that needs them is skipped where they are
// missing, and says so.
//
// Nothing runs Pods here: there are no nodes. What is tested is what the API
// server accepts. Controllers (quota, ServiceAccounts, ReplicaSets) run only
// after Cluster.Controllers.
package kube
