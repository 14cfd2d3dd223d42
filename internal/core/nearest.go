package core

// Nearest returns the known word that is most like word, for "did you mean"
// hints. It returns "" when nothing is close: more than a third of the letters
// would have to change. Ties go to the earlier entry of known.
func Nearest(word string, known []string) string {
	if len(word) > 64 {
		return ""
	}
	best, bestDist := "", len(word)/3+1
	for _, k := range known {
		if d := editDistance(word, k, bestDist+1); d <= bestDist && (best == "" || d < bestDist) {
			best, bestDist = k, d
		}
	}
	return best
}

// DidYouMean returns `Did you mean "x"?` for the nearest known word, or "".
func DidYouMean(word string, known []string) string {
	if n := Nearest(word, known); n != "" && n != word {
		return `Did you mean "` + n + `"?`
	}
	return ""
}

// editDistance counts the single-letter inserts, deletes, replacements and
// swaps of neighbours between a and b (optimal string alignment). Lengths that
// differ by limit or more are not counted out.
func editDistance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	two, one, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range one {
		one[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(one[j]+1, row[j-1]+1, one[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], two[j-2]+1)
			}
		}
		two, one, row = one, row, two
	}
	return one[len(b)]
}
