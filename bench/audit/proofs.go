package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/bench/auditlog"
	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

const million = 1_000_000

// proofs fills a log of a million events, proves leaves of it at several sizes,
// and has a process of its own verify it.
func proofs(ctx context.Context, dir string) error {
	dir = filepath.Join(dir, "million")
	if err := os.MkdirAll(filepath.Join(dir, "keys"), 0o700); err != nil {
		return err
	}
	signer, verifier, vkey, err := signers()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "keys", "audit.vkey"), []byte(vkey+"\n"), 0o600); err != nil {
		return err
	}
	db, err := store.Open(ctx, dir)
	if err != nil {
		return err
	}
	pool, err := db.JobPool()
	if err != nil {
		return err
	}
	begun := time.Now()
	if _, err := auditlog.Write(ctx, pool, auditlog.Options{Events: million, Signer: signer, Seed: 1}); err != nil {
		return err
	}
	fmt.Printf("a log of %d events was written in %.1f s\n", million, time.Since(begun).Seconds())
	r := audit.NewReader(db, verifier)
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int64{10_000, 100_000, million} {
		signed, err := db.CheckpointOf(ctx, size)
		if err != nil {
			return err
		}
		c, err := r.Open(signed)
		if err != nil {
			return err
		}
		var p audit.Proof
		const n = 200
		begun := time.Now()
		for range n {
			if p, err = r.ProveIndex(ctx, random.Int64N(size), signed, c); err != nil {
				return err
			}
		}
		each := time.Since(begun) / n
		hashes := len(p.String()) - len(p.Checkpoint) - 1
		fmt.Printf("%8d leaves: %2d hashes, proof %d bytes, file with its checkpoint %d bytes, %.2f ms each\n", size, len(p.Hashes), hashes, len(p.String()), each.Seconds()*1000)
		atMost(fmt.Sprintf("proof of one of %d leaves", size), float64(hashes), 1000, "bytes")
	}
	if err := pool.Close(); err != nil {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	return offline(dir)
}

// offline runs the verifier in a process of its own.
func offline(dir string) error {
	cmd := exec.Command("/proc/self/exe", "verify", dir)
	cmd.Stderr = os.Stderr
	begun := time.Now()
	out, err := cmd.Output()
	if err != nil {
		return err
	}
	took := time.Since(begun)
	kib, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		return err
	}
	atMost("verify a million events offline", took.Seconds(), 5, "s")
	atMost("memory of it, at most", kib/1024, 200, "MB")
	return nil
}

// verifyOnly verifies and prints the most memory that the process had, in KiB.
// (What the kernel reports of an ended child begins with its parent's.)
func verifyOnly(ctx context.Context, dir string) int {
	r, err := verify.Folder(ctx, dir, "")
	if err != nil || !r.OK || r.Events != million {
		fmt.Fprintln(os.Stderr, "the log does not verify:", err, r.Problems)
		return 1
	}
	text, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			fmt.Println(strings.Fields(rest)[0])
		}
	}
	return 0
}
