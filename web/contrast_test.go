package web_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// pairs are the colours that stand on each other, with the least contrast that
// WCAG 2.2 AA asks for: 4.5 for text, 3 for the edges of controls and graphics.
func pairs() []struct {
	front, back string
	least       float64
} {
	type pair = struct {
		front, back string
		least       float64
	}
	var all []pair
	for _, back := range []string{"canvas", "surface", "sunken"} {
		for _, front := range []string{"text", "quiet", "accent", "accent-strong", "ok", "warn", "bad", "wait"} {
			all = append(all, pair{front, back, 4.5})
		}
		all = append(all, pair{"edge", back, 3})
	}
	for _, tone := range []string{"ok", "warn", "bad", "wait"} {
		all = append(all, pair{tone, tone + "-soft", 4.5}, pair{"text", tone + "-soft", 4.5})
	}
	return append(all, pair{"accent", "accent-soft", 4.5}, pair{"text", "accent-soft", 4.5}, pair{"quiet", "accent-soft", 4.5}, pair{"quiet", "warn-soft", 4.5},
		pair{"on-accent", "accent", 4.5}, pair{"on-accent", "accent-strong", 4.5}, pair{"on-bad", "bad", 4.5})
}

// TestContrastOfAllColours computes the contrast of every pair, light and dark.
func TestContrastOfAllColours(t *testing.T) {
	css, err := os.ReadFile("styles/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark := map[string]string{}, map[string]string{}
	for _, m := range regexp.MustCompile(`--([a-z-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\)`).FindAllStringSubmatch(string(css), -1) {
		light[m[1]], dark[m[1]] = m[2], m[3]
	}
	for name, scheme := range map[string]map[string]string{"light": light, "dark": dark} {
		for _, p := range pairs() {
			if scheme[p.front] == "" || scheme[p.back] == "" {
				t.Fatalf("no colour %q or %q", p.front, p.back)
			}
			if got := contrast(scheme[p.front], scheme[p.back]); got < p.least {
				t.Errorf("%s: %s on %s has a contrast of %.2f, want %.1f", name, p.front, p.back, got, p.least)
			}
		}
	}
}

// contrast is WCAG 2.2's contrast ratio of two colours in hex.
func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

// luminance is WCAG 2.2's relative luminance.
func luminance(hex string) float64 {
	part := func(at int) float64 {
		n, _ := strconv.ParseUint(hex[at:at+2], 16, 8)
		v := float64(n) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*part(0) + 0.7152*part(2) + 0.0722*part(4)
}

func TestContrastOfBlackOnWhite(t *testing.T) {
	if got := contrast("000000", "ffffff"); math.Abs(got-21) > 0.001 {
		t.Errorf("got %v, want 21", got)
	}
}
