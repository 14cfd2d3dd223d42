package osv

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"

	"github.com/klauspost/compress/zstd"

	"github.com/paddock-dev/paddock/internal/core"
)

const (
	magic    = "paddock vulndb 1\n"
	tail     = "pvulndb1"
	tailSize = 20 // bytes: where the description is, its size, and tail
	// blockSize is how many bytes a block has before it is packed; one package's
	// records stay together, so some have more.
	blockSize = 16 << 10
	// window is how far back packing looks; the memory for it is twice that.
	window   = 256 << 10
	maxBlock = 64 << 20
	maxIndex = 64 << 20
)

// Signer signs a description: it returns a DSSE envelope. nil leaves the file
// unsigned, which only Trusted opens.
type Signer func(payloadType string, payload []byte) ([]byte, error)

// pack is an ecosystem's records as they go into a file.
type pack struct {
	Ecosystem
	entries []entry // sorted by key
}

// entry is all advisories of one package.
type entry struct {
	key  string
	body []byte // a number, and that many advisories
}

type writer struct {
	w      io.Writer
	at     int64
	enc    *zstd.Encoder
	index  []byte
	blocks int
	err    error
}

func newWriter(w io.Writer) (*writer, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithWindowSize(window))
	if err != nil {
		return nil, core.Hidden("Writing the vulnerability database", err)
	}
	out := &writer{w: w, enc: enc}
	out.write([]byte(magic))
	return out, nil
}

func (w *writer) write(b []byte) {
	if w.err == nil {
		_, w.err = w.w.Write(b)
		w.at += int64(len(b))
	}
}

// pack writes an ecosystem's blocks and returns the digest of its records.
func (w *writer) pack(p pack) string {
	sum := sha256.New()
	var plain []byte
	first := ""
	for _, e := range p.entries {
		if len(plain) == 0 {
			first = e.key
		}
		plain = appendText(plain, e.key)
		plain = append(binary.AppendUvarint(plain, uint64(len(e.body))), e.body...)
		if len(plain) >= blockSize {
			sum.Write(plain)
			w.block(first, plain)
			plain = plain[:0]
		}
	}
	if len(plain) > 0 {
		sum.Write(plain)
		w.block(first, plain)
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil))
}

func (w *writer) block(first string, plain []byte) {
	if len(plain) > maxBlock {
		w.err = core.Errorf(core.TooLarge, "The records of one package take %d bytes; at most %d can be kept.", len(plain), maxBlock).At(first)
		return
	}
	packed := w.enc.EncodeAll(plain, nil)
	w.raw(blockRef{first: first, offset: w.at, size: len(packed), plain: len(plain), sum: sha256.Sum256(packed)}, packed)
}

// raw writes a packed block and notes it in the index.
func (w *writer) raw(ref blockRef, packed []byte) {
	w.index = appendText(w.index, ref.first)
	w.index = binary.AppendUvarint(w.index, uint64(w.at))
	w.index = binary.AppendUvarint(w.index, uint64(ref.size))
	w.index = binary.AppendUvarint(w.index, uint64(ref.plain))
	w.index = append(w.index, ref.sum[:]...)
	w.blocks++
	w.write(packed)
}

// close writes the index, the signed description and the tail.
func (w *writer) close(m Manifest, sign Signer) error {
	packed := w.enc.EncodeAll(w.index, nil)
	sum := sha256.Sum256(packed)
	m.Format = formatNumber
	m.Index = Section{Offset: w.at, Size: int64(len(packed)), Plain: int64(len(w.index)), SHA256: hex.EncodeToString(sum[:])}
	w.write(packed)
	envelope, err := json.Marshal(m)
	if err != nil {
		return core.Hidden("Writing the vulnerability database", err)
	}
	if sign != nil {
		if envelope, err = sign(PayloadType, envelope); err != nil {
			return err
		}
	}
	end := binary.BigEndian.AppendUint64(nil, uint64(w.at))
	end = binary.BigEndian.AppendUint32(end, uint32(len(envelope)))
	w.write(envelope)
	w.write(append(end, tail...))
	if w.err != nil {
		return &core.Error{Code: core.Unavailable, Msg: "The vulnerability database cannot be written.", Hint: "Look whether the disk is full.", Err: w.err}
	}
	return nil
}

// write makes a file of packs and, before them in order of name, of what is kept
// of an older database.
func write(out io.Writer, m Manifest, packs []pack, old *DB, keep []Ecosystem, sign Signer) error {
	w, err := newWriter(out)
	if err != nil {
		return err
	}
	byName := map[string]func() (Ecosystem, error){}
	names := []string{}
	for _, p := range packs {
		names = append(names, p.Name)
		byName[p.Name] = func() (Ecosystem, error) {
			p.Digest = w.pack(p)
			return p.Ecosystem, w.err
		}
	}
	for _, e := range keep {
		names = append(names, e.Name)
		byName[e.Name] = func() (Ecosystem, error) { return e, w.copy(old, e.Name) }
	}
	slices.Sort(names)
	m.Ecosystems = []Ecosystem{}
	for _, name := range names {
		e, err := byName[name]()
		if err != nil {
			return core.AsError(err)
		}
		if e.Examples == nil {
			e.Examples = []string{}
		}
		m.Ecosystems = append(m.Ecosystems, e)
	}
	return w.close(m, sign)
}

// copy takes the blocks of one ecosystem over as they are, after their digests
// have been checked.
func (w *writer) copy(old *DB, ecosystem string) error {
	prefix := ecosystem + "\x00"
	for _, ref := range old.index {
		if len(ref.first) < len(prefix) || ref.first[:len(prefix)] != prefix {
			continue
		}
		packed, err := old.packed(ref, nil)
		if err != nil {
			return err
		}
		w.raw(ref, packed)
	}
	return w.err
}

// Memory makes an unsigned database in memory, for lists that are part of the
// binary and for tests.
func Memory(h *Harvest) (*DB, error) {
	var b bytes.Buffer
	if err := write(&b, Manifest{}, h.packs(), nil, nil, nil); err != nil {
		return nil, err
	}
	return open(bytes.NewReader(b.Bytes()), int64(b.Len()), nil, func(payload []byte) ([]byte, error) { return payload, nil })
}
