package workerd

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// ticksPerSecond is USER_HZ, which is 100 on every Linux that Go supports.
const ticksPerSecond = 100

// statFields returns the fields of /proc/PID/stat from the third on; the
// second, the program's name, may hold anything and is skipped.
func statFields(pid int) [][]byte {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	return bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
}

// number reads the field with the number proc(5) gives it; 0 if it is not there.
func number(fields [][]byte, n int) int64 {
	if len(fields) <= n-3 {
		return 0
	}
	v, _ := strconv.ParseInt(string(fields[n-3]), 10, 64)
	return v
}

// startTime is when the process started, in ticks since the machine did; 0 if
// there is no such process.
func startTime(pid int) int64 { return number(statFields(pid), 22) }

// cpuMillis is the CPU time of all threads so far, in milliseconds.
func cpuMillis(pid int) int64 {
	f := statFields(pid)
	return (number(f, 14) + number(f, 15)) * 1000 / ticksPerSecond
}

// memoryMiB is the memory that the process holds for itself: resident pages
// less those of files it shares.
func memoryMiB(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	f := bytes.Fields(text)
	if len(f) < 3 {
		return 0
	}
	resident, _ := strconv.ParseInt(string(f[1]), 10, 64)
	shared, _ := strconv.ParseInt(string(f[2]), 10, 64)
	return (resident - shared) * int64(os.Getpagesize()) >> 20
}
