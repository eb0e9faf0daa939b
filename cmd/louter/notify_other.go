//go:build !linux

package main

// reloading: only Linux has systemd.
func reloading() string { return "RELOADING=1" }
