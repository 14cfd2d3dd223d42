package data

import (
	"bytes"
	"encoding/csv"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

const maxRows = 200 // of one sample that are looked at

// sample returns the fields of a table of rows: those of its header, and those
// whose values are of a kind that can be told by its form and its checksum.
// Values are never kept.
func sample(f tree.File, group int) (out []field) {
	ext := f.Ext()
	if ext != ".csv" && ext != ".tsv" {
		return nil
	}
	line := f.Text
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	r := csv.NewReader(bytes.NewReader(f.Text[:min(len(f.Text), 200_000)]))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	switch {
	case ext == ".tsv" || bytes.IndexByte(line, '\t') > 0:
		r.Comma = '\t'
	case bytes.Count(line, []byte(";")) > bytes.Count(line, []byte(",")):
		r.Comma = ';'
	}
	header, err := r.Read()
	if err != nil || len(header) > 500 {
		return nil
	}
	entity := strings.TrimSuffix(f.Path[strings.LastIndexByte(f.Path, '/')+1:], ext)
	for _, h := range header {
		out = append(out, field{entity, group, h, 0})
	}
	rows := make([][]string, 0, maxRows)
	for len(rows) < maxRows {
		row, err := r.Read()
		if err != nil {
			break
		}
		rows = append(rows, row)
	}
	for col := range header {
		if kind := kindOf(rows, col); kind != "" {
			out = append(out, field{entity, group, kind, 0})
		}
	}
	return out
}

// kindOf tells what the values of a column are, if at least three of them, and
// half of all, are of one kind.
func kindOf(rows [][]string, col int) string {
	counts := map[string]int{}
	filled := 0
	for _, row := range rows {
		if col >= len(row) || strings.TrimSpace(row[col]) == "" {
			continue
		}
		filled++
		if k := valueKind(strings.TrimSpace(row[col])); k != "" {
			counts[k]++
		}
	}
	for _, k := range []string{"email", "iban", "card number", "ssn", "steuer id", "nir", "dni", "phone"} {
		if counts[k] >= 3 && counts[k]*2 >= filled {
			return k
		}
	}
	return ""
}

var (
	emailForm = lazily(`^[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+$`)
	phoneForm = lazily(`^(?:\+|00)[1-9]\d{0,2}[\d ()/.-]{6,16}$|^\(\d{3}\) ?\d{3}-\d{4}$|^\d{3}-\d{3}-\d{4}$`)
	ssnForm   = lazily(`^\d{3}-\d{2}-\d{4}$`)
	ibanForm  = lazily(`^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$`)
	nirForm   = lazily(`^[12]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)\d{2}\d{3}\d{3}\d{2}$`)
	dniForm   = lazily(`^(?:[XYZ]\d{7}|\d{8})[A-Z]$`)
)

// valueKind tells what one value is: by its form, and by its checksum where it
// has one.
func valueKind(v string) string {
	if len(v) > 80 {
		return ""
	}
	tight := strings.NewReplacer(" ", "", "-", "").Replace(v)
	switch {
	case emailForm().MatchString(v):
		return "email"
	case ibanForm().MatchString(strings.ToUpper(tight)) && mod97(strings.ToUpper(tight)):
		return "iban"
	case ssnForm().MatchString(v) && v[:3] != "000" && v[:3] != "666" && v[0] != '9' && v[4:6] != "00" && v[7:] != "0000":
		return "ssn"
	case len(tight) == 11 && steuerID(tight):
		return "steuer id"
	case nirForm().MatchString(tight) && nir(tight):
		return "nir"
	case dniForm().MatchString(tight) && dni(tight):
		return "dni"
	case len(tight) >= 13 && len(tight) <= 19 && luhn(tight):
		return "card number"
	case phoneForm().MatchString(v):
		return "phone"
	}
	return ""
}

func digits(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// mod97 is the check of an IBAN (ISO 7064): the first four signs go to the end,
// letters count from 10.
func mod97(s string) bool {
	rest := 0
	for _, c := range s[4:] + s[:4] {
		switch {
		case c >= '0' && c <= '9':
			rest = (rest*10 + int(c-'0')) % 97
		default:
			rest = (rest*100 + int(c-'A') + 10) % 97
		}
	}
	return rest == 1
}

// luhn is the check of a payment card (ISO/IEC 7812), for numbers that begin as
// cards do.
func luhn(s string) bool {
	if !digits(s) || s[0] < '2' || s[0] > '6' {
		return false
	}
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// steuerID is the check of a German tax number of a person (ISO 7064, MOD 11,10).
func steuerID(s string) bool {
	if !digits(s) || s[0] == '0' {
		return false
	}
	var times [10]int
	product := 10
	for _, c := range s[:10] {
		times[c-'0']++
		sum := (int(c-'0') + product) % 10
		if sum == 0 {
			sum = 10
		}
		product = sum * 2 % 11
	}
	twice := 0
	for _, n := range times {
		if n > 3 {
			return false
		}
		if n > 1 {
			twice++
		}
	}
	return twice == 1 && (11-product)%10 == int(s[10]-'0')
}

// nir is the check of a French social security number.
func nir(s string) bool {
	n := 0
	for _, c := range s[:13] {
		n = (n*10 + int(c-'0')) % 97
	}
	return 97-n == int(s[13]-'0')*10+int(s[14]-'0')
}

// dni is the check of a Spanish identity number: its letter.
func dni(s string) bool {
	n := 0
	for i, c := range s[:8] {
		switch {
		case i == 0 && c >= 'X':
			n = int(c - 'X')
		default:
			n = n*10 + int(c-'0')
		}
	}
	return "TRWAGMYFPDXBNJZSQVHLCKE"[n%23] == s[8]
}
