package secrets

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/zricethezav/gitleaks/v8/detect"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// TestCredData measures on labels that nobody tuned for:
// PADDOCK_CREDDATA=folder go test -run TestCredData -v, where the folder is
// made by testdata/corpora/creddata.py. It prints figures and holds none.
func TestCredData(t *testing.T) {
	dir := os.Getenv("PADDOCK_CREDDATA")
	if dir == "" {
		t.Skip("PADDOCK_CREDDATA names no folder")
	}
	f, err := os.Open(filepath.Join(dir, "labels.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	tr, found := checkTree(t, scanner(t), os.DirFS(dir))
	compare(t, tr, rows)
	at := map[string][]int{} // place -> indices of findings
	for i, h := range found {
		at[place2(h)] = append(at[place2(h)], i)
	}
	right, labelledFalse := map[int]bool{}, map[int]bool{}
	total, hit := map[string]int{}, map[string]int{}
	for _, r := range rows {
		first, _ := strconv.Atoi(r[2])
		last, _ := strconv.Atoi(r[3])
		seen := false
		for n := first; n <= max(first, last); n++ {
			for _, i := range at[fmt.Sprintf("%s/%s:%d", r[0], r[1], n)] {
				seen = true
				switch r[4] {
				case "T":
					right[i] = true
				case "F":
					labelledFalse[i] = true
				}
			}
		}
		if r[4] != "T" {
			continue
		}
		for _, kind := range []string{r[5], "all", map[bool]string{true: "names and ids (UUID, S3 bucket)", false: "secrets"}[r[5] == "UUID" || r[5] == "AWS S3 Bucket"]} {
			total[kind]++
			if seen {
				hit[kind]++
			}
		}
		if !seen && os.Getenv("PADDOCK_MISSED") != "" {
			t.Logf("missed %s %s/%s:%d", r[5], r[0], r[1], first)
		}
	}
	kinds := make([]string, 0, len(total))
	for k := range total {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	for _, k := range kinds {
		t.Logf("%-35s recall %3d of %3d = %5.1f%%", k, hit[k], total[k], 100*float64(hit[k])/float64(total[k]))
	}
	wrong, unlabelled := 0, 0
	for i := range found {
		switch {
		case right[i]:
		case labelledFalse[i]:
			wrong++
		default:
			unlabelled++
		}
	}
	t.Logf("%d findings: %d at true labels, %d at false labels, %d at none; precision %.1f%% of those with a label, %.1f%% if no label means false", len(found), len(right), wrong, unlabelled,
		100*float64(len(right))/float64(len(right)+wrong), 100*float64(len(right))/float64(len(found)))
}

// compare prints what gitleaks' own detector finds of the same labels.
func compare(t *testing.T, tr *tree.Tree, rows [][]string) {
	theirs, err := detect.NewDetectorDefaultConfig()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]bool{}
	for _, f := range tr.Files {
		//lint:ignore SA1019 what is to take its place is not in the version that is pinned
		for _, h := range theirs.Detect(detect.Fragment{Raw: string(f.Text), FilePath: f.Path}) {
			at[fmt.Sprintf("%s:%d", f.Path, h.StartLine+1)] = true
		}
	}
	total, hit := 0, 0
	truth := map[string]string{}
	for _, r := range rows {
		first, _ := strconv.Atoi(r[2])
		last, _ := strconv.Atoi(r[3])
		seen := false
		for n := first; n <= max(first, last); n++ {
			p := fmt.Sprintf("%s/%s:%d", r[0], r[1], n)
			seen = seen || at[p]
			if truth[p] != "T" {
				truth[p] = r[4]
			}
		}
		if r[4] == "T" && r[5] != "UUID" && r[5] != "AWS S3 Bucket" {
			if total++; seen {
				hit++
			}
		}
	}
	right, wrong := 0, 0
	for p := range at {
		switch truth[p] {
		case "T":
			right++
		case "F":
			wrong++
		}
	}
	t.Logf("gitleaks' detector: recall of secrets %d of %d = %.1f%%; %d lines, %d at true labels, %d at false labels", hit, total, 100*float64(hit)/float64(total), len(at), right, wrong)
}
