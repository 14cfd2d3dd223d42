// Package workerd runs apps on this machine: one workerd process per app
// version, each in a sandbox of its own (RUN-1).
//
// The server re-executes its own binary as "sandbox-init". That child builds
// the sandbox around itself (namespaces, a file system of a handful of
// read-only files, no capabilities, Landlock, seccomp) and then becomes
// workerd. The app's only ways in and out are three unix sockets in /run/app:
// in.sock (its traffic), data.sock (its database) and egress.sock (the gateway
// to approved vendors).
//
// What the machine cannot offer is left out one rung at a time; Engine.Rung
// says in words which protections are in force.
package workerd
