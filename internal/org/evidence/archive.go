package evidence

import (
	"encoding/binary"
	"hash/crc32"
	"io"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Bounds of a pack.
const (
	maxPack  = 1 << 30   // bytes
	maxFile  = 256 << 20 // bytes of one file
	maxFiles = 20_000
	maxName  = 200
)

// file is one file of a pack.
type file struct {
	name string
	data []byte
}

// entry is a file's place in the archive.
type entry struct {
	name   string
	crc    uint32
	size   uint32
	offset uint32 // of its local header
}

const (
	localLen   = 30
	centralLen = 46
	localSig   = 0x04034b50
	centralSig = 0x02014b50
	endSig     = 0x06054b50
	version    = 10        // needed to extract: stored files
	madeBy     = 3<<8 | 20 // Unix, so that the mode below counts
	mode       = 0o100644  // a plain file that all may read
	firstDay   = 1<<5 | 1  // 1 January 1980
)

// local returns the header that stands before the file's bytes (APPNOTE 4.3.7).
func (e entry) local() []byte {
	b := make([]byte, 0, localLen+len(e.name))
	b = binary.LittleEndian.AppendUint32(b, localSig)
	b = binary.LittleEndian.AppendUint16(b, version)
	b = e.common(b)
	return append(b, e.name...)
}

// common returns the fields that both headers share: flags to extra length.
func (e entry) common(b []byte) []byte {
	b = binary.LittleEndian.AppendUint16(b, 0) // flags
	b = binary.LittleEndian.AppendUint16(b, 0) // method: stored
	b = binary.LittleEndian.AppendUint16(b, 0) // time
	b = binary.LittleEndian.AppendUint16(b, firstDay)
	b = binary.LittleEndian.AppendUint32(b, e.crc)
	b = binary.LittleEndian.AppendUint32(b, e.size)
	b = binary.LittleEndian.AppendUint32(b, e.size)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(e.name)))
	return binary.LittleEndian.AppendUint16(b, 0) // extra
}

// directory returns the list of files and its end mark (APPNOTE 4.3.12, 4.3.16).
func directory(entries []entry, offset int64) []byte {
	var b []byte
	for _, e := range entries {
		b = binary.LittleEndian.AppendUint32(b, centralSig)
		b = binary.LittleEndian.AppendUint16(b, madeBy)
		b = binary.LittleEndian.AppendUint16(b, version)
		b = e.common(b)
		b = append(b, make([]byte, 6)...) // comment length, disk, internal attributes
		b = binary.LittleEndian.AppendUint32(b, mode<<16)
		b = binary.LittleEndian.AppendUint32(b, e.offset)
		b = append(b, e.name...)
	}
	size := len(b)
	b = binary.LittleEndian.AppendUint32(b, endSig)
	b = append(b, make([]byte, 4)...) // disks
	b = binary.LittleEndian.AppendUint16(b, uint16(len(entries)))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(entries)))
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	b = binary.LittleEndian.AppendUint32(b, uint32(offset))
	return append(b, 0, 0) // comment length
}

// writeArchive writes files in the given order. TooLarge past the bounds.
func writeArchive(w io.Writer, files []file) error {
	var entries []entry
	var offset int64
	for _, f := range files {
		if len(f.data) > maxFile || offset+int64(len(f.data)) > maxPack || len(entries) >= maxFiles {
			return core.Errorf(core.TooLarge, "the evidence pack would pass %d MiB or %d files, at %s", maxPack>>20, maxFiles, f.name).
				Hinted("Ask the platform team to raise the limit or to export a shorter period.")
		}
		if !goodName(f.name) {
			return core.Errorf(core.Internal, "evidence file name %q is not allowed", f.name)
		}
		e := entry{f.name, crc32.ChecksumIEEE(f.data), uint32(len(f.data)), uint32(offset)}
		head := e.local()
		if _, err := w.Write(head); err != nil {
			return err
		}
		if _, err := w.Write(f.data); err != nil {
			return err
		}
		offset += int64(len(head) + len(f.data))
		entries = append(entries, e)
	}
	_, err := w.Write(directory(entries, offset))
	return err
}

// goodName reports whether name is a plain relative path: parts of small
// letters, digits, dots and dashes, none of them starting with a dot.
func goodName(name string) bool {
	if name == "" || len(name) > maxName {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part[0] == '.' || strings.Trim(part, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" {
			return false
		}
	}
	return true
}
