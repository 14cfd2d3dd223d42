package tree

import (
	"bytes"
	"encoding/binary"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf16"
)

// Text returns data as UTF-8 when it is text: without NUL bytes near its
// beginning, or UTF-16 with its mark. It reports false for anything else.
func Text(data []byte) ([]byte, bool) {
	switch {
	case bytes.HasPrefix(data, []byte{0xef, 0xbb, 0xbf}):
		data = data[3:]
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		return fromUTF16(data[2:], binary.LittleEndian), true
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return fromUTF16(data[2:], binary.BigEndian), true
	}
	return data, bytes.IndexByte(data[:min(len(data), 8000)], 0) < 0
}

func fromUTF16(b []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = order.Uint16(b[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

var textNames = []string{".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".html", ".htm", ".css", ".json", ".yaml", ".yml",
	".toml", ".ini", ".env", ".properties", ".xml", ".md", ".txt", ".sql", ".sh", ".py", ".csv"}

// TextName reports whether a file of this name should hold text, so that
// anything else in it is suspect.
func TextName(name string) bool {
	base := strings.ToLower(path.Base(name))
	return slices.Contains(textNames, path.Ext(base)) || strings.HasPrefix(base, ".env") || strings.HasPrefix(base, "dockerfile")
}

var archiveNames = []string{".zip", ".jar", ".war", ".ear", ".aar", ".whl", ".egg", ".nupkg", ".apk", ".ipa", ".vsix", ".xpi", ".crx", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".tar", ".gem", ".crate", ".tgz", ".gz"}

func packed(name string) bool { return slices.Contains(archiveNames, strings.ToLower(path.Ext(name))) }

// ReadPacked reads one of the Packed files of a tree.
func ReadPacked(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // opened for reading only
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fs.ErrInvalid // swapped since it was listed
	}
	const most = 5_000_000
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && len(data) > most {
		err = errSize
	}
	return data, err
}
