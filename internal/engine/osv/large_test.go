package osv

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"crypto/ed25519"

	"golang.org/x/sys/unix"

	"github.com/paddock-dev/paddock/internal/engine/seal"
)

const manyRecords = 200_000

// large makes an npm all.zip as large as the real one is in records: most are of
// packages made to do harm, the others of packages with several ranges.
func large(b *testing.B) []byte {
	b.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	details := strings.Repeat("This text stands for what people write about a hole. ", 20)
	for i := range manyRecords {
		id, events := fmt.Sprintf("MAL-2026-%d", i), `{"introduced":"0"}`
		name := fmt.Sprintf("package-%d", i)
		if i%8 == 0 {
			id, name = fmt.Sprintf("GHSA-%04d-%04d", i/10000, i%10000), fmt.Sprintf("known-%d", i/80)
			events = fmt.Sprintf(`{"introduced":"0"},{"fixed":"1.%d.0"},{"introduced":"2.0.0"},{"fixed":"2.%d.1"}`, i%40, i%20)
		}
		f, err := w.Create(id + ".json")
		if err != nil {
			b.Fatal(err)
		}
		fmt.Fprintf(f, `{"schema_version":"1.4.0","id":%q,"modified":"2026-02-03T04:05:06Z","published":"2026-01-03T04:05:06Z","aliases":["CVE-2026-%d"],"summary":"Something about %s","details":%q,"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"affected":[{"package":{"ecosystem":"npm","name":%q},"ranges":[{"type":"SEMVER","events":[%s]}]}],"references":[{"type":"WEB","url":"https://example.com/%d"}],"database_specific":{"severity":"HIGH"}}`, id, i, name, details, name, events, i)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// BenchmarkLarge imports 200,000 records, opens the database and matches 1,000
// packages: limits are 0.3 s of processor time and 30 MB for opening and
// matching, 5 ms for opening.
func BenchmarkLarge(b *testing.B) {
	zipped := large(b)
	k := ring(b)
	path := filepath.Join(b.TempDir(), "large.vulndb")
	for b.Loop() {
		start, cpu := time.Now(), used(b)
		h := NewHarvest(false, nil)
		if err := h.AddZip(b.Context(), "all.zip", "npm", bytes.NewReader(zipped), int64(len(zipped))); err != nil {
			b.Fatal(err)
		}
		save(b, path, h, k)
		b.ReportMetric(time.Since(start).Seconds(), "import-s")
		b.ReportMetric((used(b) - cpu).Seconds(), "import-cpu-s")
		h = nil

		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start, cpu = time.Now(), used(b)
		db, err := Open(path, []ed25519.PublicKey{k.PublicKey()})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(time.Since(start).Microseconds())/1000, "open-ms")
		found := 0
		for i := range 1000 {
			m, err := db.Match("npm", fmt.Sprintf("known-%d", i*2), "1.0.5")
			if err != nil {
				b.Fatal(err)
			}
			found += len(m.Advisories)
		}
		b.ReportMetric((used(b) - cpu).Seconds(), "match1000-cpu-s")
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/1e6, "allocated-MB")
		if found < 1000 {
			b.Fatalf("%d advisories", found)
		}
		st, err := os.Stat(path)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(st.Size())/1e6, "file-MB")
		b.ReportMetric(float64(len(zipped))/1e6, "zip-MB")
		_ = db.Close()
	}
}

func save(b *testing.B, path string, h *Harvest, k *seal.Keyring) {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	if _, err := Save(f, h, nil, by(k)); err != nil {
		b.Fatal(err)
	}
}

// used is the processor time of this process.
func used(b *testing.B) time.Duration {
	b.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
