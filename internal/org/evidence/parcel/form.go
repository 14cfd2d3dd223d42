package parcel

import (
	"encoding/binary"
	"strings"
)

// Bounds of a pack. Offsets have 32 bits.
const (
	MaxPack  = 3 << 30 // bytes of all members
	MaxFile  = 2 << 30 // bytes of one member
	MaxFiles = 60_000
	maxName  = 200
)

// entry is a member's place in the archive.
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
	version    = 10        // needed to extract: stored members
	madeBy     = 3<<8 | 20 // Unix, so that the mode below counts
	mode       = 0o100644  // a plain file that all may read
	firstDay   = 1<<5 | 1  // 1 January 1980
)

// local returns the header that stands before the member's bytes (APPNOTE 4.3.7).
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

// directory returns the list of members and its end mark (APPNOTE 4.3.12, 4.3.16).
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
