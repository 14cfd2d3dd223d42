package osv

import (
	"strings"

	cvss20 "github.com/pandatix/go-cvss/20"
	cvss30 "github.com/pandatix/go-cvss/30"
	cvss31 "github.com/pandatix/go-cvss/31"
	cvss40 "github.com/pandatix/go-cvss/40"
)

// levelOf rates a CVSS vector of version 2, 3.0, 3.1 or 4.0; Unknown if it is none.
func levelOf(vector string) Level {
	var score float64
	switch {
	case strings.HasPrefix(vector, "CVSS:3.1/"):
		v, err := cvss31.ParseVector(vector)
		if err != nil {
			return Unknown
		}
		score = v.BaseScore()
	case strings.HasPrefix(vector, "CVSS:3.0/"):
		v, err := cvss30.ParseVector(vector)
		if err != nil {
			return Unknown
		}
		score = v.BaseScore()
	case strings.HasPrefix(vector, "CVSS:4.0/"):
		v, err := cvss40.ParseVector(vector)
		if err != nil {
			return Unknown
		}
		score = v.Score()
	default:
		v, err := cvss20.ParseVector(strings.Trim(vector, "()"))
		if err != nil {
			return Unknown
		}
		score = v.BaseScore()
	}
	switch {
	case score >= 9:
		return Critical
	case score >= 7:
		return High
	case score >= 4:
		return Moderate
	}
	return Low
}

// levelNamed reads a level in the words of advisory databases.
func levelNamed(word string) Level {
	switch strings.ToUpper(word) {
	case "CRITICAL":
		return Critical
	case "HIGH", "IMPORTANT":
		return High
	case "MODERATE", "MEDIUM":
		return Moderate
	case "LOW", "NONE":
		return Low
	}
	return Unknown
}
