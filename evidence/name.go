package evidence

import (
	"fmt"
	"io/fs"
	"unicode"
	"unicode/utf8"
)

// checkName says why a path cannot stand in a manifest or be an attachment's; [Manifest.Check] has the rules.
func checkName(path string) error {
	if !utf8.ValidString(path) {
		return fmt.Errorf("name %q is not UTF-8", path)
	}
	if !fs.ValidPath(path) || path == "." {
		return fmt.Errorf("name %q is not a clean relative path", path)
	}
	for _, r := range path {
		switch {
		case r == '\\':
			return fmt.Errorf("name %q has a backslash", path)
		case r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			return fmt.Errorf("name %q has a control or formatting character, %U", path, r)
		case unicode.Is(unicode.M, r) || unicode.Is(twoWays, r):
			return fmt.Errorf("name %q has a character that Unicode writes in two ways, %U", path, r)
		}
	}
	return nil
}

// twoWays are the characters, beside marks, that canonical normalisation changes or joins to the one before them: Unicode 15's
// NFC_Quick_Check is not "yes". A test holds that against golang.org/x/text.
var twoWays = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x0374, 0x0374, 1}, {0x037e, 0x037e, 1}, {0x0387, 0x0387, 1}, // Greek punctuation
		{0x0958, 0x095f, 1}, {0x09dc, 0x09df, 1}, {0x0a33, 0x0a36, 1}, {0x0a59, 0x0a5e, 1}, {0x0b5c, 0x0b5d, 1}, // Indic letters with nukta
		{0x0f43, 0x0f43, 1}, {0x0f4d, 0x0f4d, 1}, {0x0f52, 0x0f52, 1}, {0x0f57, 0x0f57, 1}, {0x0f5c, 0x0f5c, 1}, {0x0f69, 0x0f69, 1},
		{0x1161, 0x1175, 1}, {0x11a8, 0x11c2, 1}, // Jamo that join a syllable
		{0x1f71, 0x1f7d, 2}, {0x1fbb, 0x1fbe, 3}, {0x1fc9, 0x1fcb, 2}, {0x1fd3, 0x1fd3, 1}, {0x1fdb, 0x1fdb, 1}, // Greek with oxia
		{0x1fe3, 0x1fe3, 1}, {0x1feb, 0x1feb, 1}, {0x1fee, 0x1fef, 1}, {0x1ff9, 0x1ffd, 2},
		{0x2000, 0x2001, 1}, {0x2126, 0x2126, 1}, {0x212a, 0x212b, 1}, {0x2329, 0x232a, 1}, {0x2adc, 0x2adc, 1},
		{0xf900, 0xfaff, 1}, // compatibility ideographs, a few of them stable
		{0xfb1d, 0xfb4e, 1}, // Hebrew presentation forms
	},
	R32: []unicode.Range32{{0x1d15e, 0x1d1c0, 1}, {0x2f800, 0x2fa1f, 1}},
}
