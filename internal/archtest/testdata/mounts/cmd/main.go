// Command cmd stands in for a program, in the test of handlers beside the routes table.
package main
