package web

import (
	"math"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// money writes an amount with its currency; amounts too small for two decimals
// say so instead of looking like nothing.
func money(v float64, currency string) string {
	sign := map[string]string{"": "€", "EUR": "€", "USD": "$", "GBP": "£"}[currency]
	if sign == "" {
		sign = currency + " "
	}
	if v > 0 && v < 0.005 {
		return "< " + sign + "0.01"
	}
	if v < 0 {
		return "−" + money(-v, currency)
	}
	whole, part := math.Modf(math.Round(v*100) / 100)
	return sign + grouped(int64(whole)) + "." + pad2(int(math.Round(part*100)))
}

func pad2(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// grouped writes a whole number with commas: 12,345.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "−", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// bytesOf writes a size in decimal units.
func bytesOf(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	v, u := float64(n), 0
	for v >= 1000 && u < len(units)-1 {
		v /= 1000
		u++
	}
	if u == 0 {
		return strconv.FormatInt(n, 10) + " B"
	}
	return strconv.FormatFloat(v, 'f', 1, 64) + " " + units[u]
}

// percent writes a share of one: 0.42 is 42 %.
func percent(share float64) string { return strconv.Itoa(int(math.Round(share*100))) + " %" }

// cpuTime writes milliseconds of processor time.
func cpuTime(ms int64) string {
	if ms < 1000 {
		return strconv.FormatInt(ms, 10) + " ms"
	}
	return strconv.FormatFloat(float64(ms)/1000, 'f', 1, 64) + " s"
}

// cores writes thousandths of a core.
func cores(millis int) string {
	if millis == 1000 {
		return "1 core"
	}
	return strconv.FormatFloat(float64(millis)/1000, 'f', -1, 64) + " cores"
}

// limit is one row of an app's guardrails.
type limit struct{ name, value string }

// limits lists the guardrails; what is not set is the organisation's default.
func limits(g core.Guardrails) []limit {
	or := func(n int, text string) string {
		if n == 0 {
			return "default"
		}
		return text
	}
	return []limit{
		{"Processor", or(g.CPUMillis, cores(g.CPUMillis))},
		{"Memory", or(g.MemoryMiB, strconv.Itoa(g.MemoryMiB)+" MiB")},
		{"In parallel", or(g.Concurrency, plural(g.Concurrency, "request", "requests"))},
		{"Time limit", or(g.TimeoutMS, cpuTime(int64(g.TimeoutMS)))},
		{"Outbound", or(g.EgressKBps, grouped(int64(g.EgressKBps))+" kB/s")},
		{"Storage", or(g.StorageMiB, strconv.Itoa(g.StorageMiB)+" MiB")},
	}
}

// short cuts a commit or digest down to what people compare by eye.
func short(id string) string {
	algorithm, hex, ok := strings.Cut(id, ":")
	if !ok {
		algorithm, hex = "", id
	}
	if len(hex) > 12 {
		hex = hex[:12]
	}
	if algorithm != "" && algorithm != "sha256" {
		return algorithm + "-" + hex
	}
	return hex
}

// brief cuts a commit down to what git shows.
func brief(commit string) string {
	if len(commit) > 7 {
		return commit[:7]
	}
	return commit
}
