package build

import (
	"errors"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/paddock-dev/paddock/internal/core"
)

// publicDir is the folder whose files are served as they are.
const publicDir = "public"

// collectPublic reads every file under public/, by its path below that folder.
// No folder gives no files. Links, odd names and too much are refused.
func collectPublic(fsys fs.FS, limits Limits) (map[string][]byte, error) {
	files := map[string][]byte{}
	var total int64
	err := fs.WalkDir(fsys, publicDir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case path == publicDir && errors.Is(err, fs.ErrNotExist):
			return fs.SkipAll
		case err != nil:
			return (&core.Error{Code: core.Unreadable, Msg: "The folder " + path + " cannot be read.", Err: err}).At(path)
		case d.Type()&fs.ModeSymlink != 0:
			return linkRefused(path)
		case !cleanPath(path):
			return core.Errorf(core.Blocked, "The file name %.250q cannot be served.", path).
				Hinted("Use letters, digits, dots and dashes, at most %d characters.", maxPath).At(path)
		case d.IsDir():
			return nil
		case !d.Type().IsRegular():
			return core.Errorf(core.Blocked, "%s is not a plain file.", path).Hinted("Remove it.").At(path)
		case len(files) >= limits.PublicFiles:
			return core.Errorf(core.TooLarge, "The public folder has more than %d files.", limits.PublicFiles).
				Hinted("Remove files that the app does not need.").At(publicDir)
		}
		text, err := readBounded(fsys, path, limits.PublicFile)
		if err != nil {
			return err
		}
		if total += int64(len(text)); total > limits.PublicTotal {
			return core.Errorf(core.TooLarge, "The public folder has more than %d bytes.", limits.PublicTotal).
				Hinted("Make pictures smaller, or remove files.").At(publicDir)
		}
		files[strings.TrimPrefix(path, publicDir+"/")] = text
		return nil
	})
	if err != nil {
		return nil, err
	}
	return files, nil
}

// cleanPath reports whether a path can be an address and a file name anywhere.
func cleanPath(path string) bool {
	if !fs.ValidPath(path) || len(path) > maxPath || !utf8.ValidString(path) {
		return false
	}
	if strings.ContainsFunc(path, func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune(`\:*?"<>|%#`, r) }) {
		return false
	}
	for part := range strings.SplitSeq(path, "/") {
		if strings.TrimSpace(part) != part || strings.HasSuffix(part, ".") {
			return false
		}
	}
	return true
}
