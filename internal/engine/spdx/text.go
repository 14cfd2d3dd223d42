package spdx

import (
	"bytes"
	"strings"
)

// form is one licence text, by phrases that must and must not be in it, once it
// is written in small letters and digits with single spaces.
type form struct {
	id    string
	must  []string
	not   []string
	title bool // the first phrase must come near the beginning
}

func forms() []form {
	const (
		granted   = "permission is hereby granted free of charge to any person obtaining a copy of this software and associated documentation files"
		included  = "copyright notice and this permission notice"
		redistrib = "redistribution and use in source and binary forms with or without modification are permitted provided that the following conditions are met"
		endorse   = "may be used to endorse or promote products derived from"
		advert    = "all advertising materials mentioning features"
		anyUse    = "permission to use copy modify and or distribute this software for any purpose with or without fee is hereby granted"
	)
	return []form{
		{id: "MIT", must: []string{granted, included}},
		{id: "MIT-0", must: []string{granted}, not: []string{included}},
		{id: "BSD-4-Clause", must: []string{redistrib, advert}},
		{id: "BSD-3-Clause", must: []string{redistrib, endorse}, not: []string{advert}},
		{id: "BSD-2-Clause", must: []string{redistrib}, not: []string{endorse, advert}},
		{id: "ISC", must: []string{anyUse + " provided that the above copyright notice"}},
		{id: "ISC", must: []string{"permission to use copy modify and distribute this software for any purpose with or without fee is hereby granted provided that the above copyright notice"}, not: []string{anyUse}},
		{id: "0BSD", must: []string{anyUse}, not: []string{"provided that the above copyright notice"}},
		{id: "Apache-2.0", must: []string{"apache license version 2 0 january 2004"}, title: true},
		{id: "Apache-2.0", must: []string{"licensed under the apache license version 2 0"}, not: []string{"apache license version 2 0 january 2004"}},
		{id: "AGPL-3.0-only", must: []string{"gnu affero general public license version 3"}, title: true},
		{id: "LGPL-3.0-only", must: []string{"gnu lesser general public license version 3"}, title: true},
		{id: "LGPL-2.1-only", must: []string{"gnu lesser general public license version 2 1"}, title: true},
		{id: "GPL-3.0-only", must: []string{"gnu general public license version 3"}, title: true},
		{id: "GPL-2.0-only", must: []string{"gnu general public license version 2"}, title: true},
		{id: "MPL-2.0", must: []string{"mozilla public license version 2 0"}, title: true},
		{id: "EPL-2.0", must: []string{"eclipse public license v 2 0"}, title: true},
		{id: "EPL-1.0", must: []string{"eclipse public license v 1 0"}, title: true},
		{id: "Unlicense", must: []string{"this is free and unencumbered software released into the public domain"}},
		{id: "CC0-1.0", must: []string{"cc0 1 0 universal"}, title: true},
		{id: "CC-BY-4.0", must: []string{"attribution 4 0 international"}, title: true},
		{id: "Zlib", must: []string{"this software is provided as is without any express or implied warranty in no event will the authors be held liable for any damages", "altered source versions must be plainly marked"}},
		{id: "BSL-1.0", must: []string{"boost software license version 1 0"}, title: true},
		{id: "WTFPL", must: []string{"do what the fuck you want to public license"}, title: true},
		{id: "PSF-2.0", must: []string{"python software foundation license version 2"}},
		{id: "Artistic-2.0", must: []string{"the artistic license 2 0"}, title: true},
		{id: "BUSL-1.1", must: []string{"business source license 1 1"}},
		{id: "SSPL-1.0", must: []string{"server side public license version 1"}, title: true},
		{id: "Elastic-2.0", must: []string{"elastic license 2 0"}, title: true},
	}
}

// Bounds of a licence text.
const (
	maxText  = 64_000 // bytes that are looked at
	titleEnd = 300    // letters that count as the beginning
)

// Identify names the licence of a text, as the file LICENSE of a package holds
// it. Several texts in one file are joined by AND. It knows about thirty common
// texts by their own phrases, and reports false for all others.
func Identify(text []byte) (string, bool) {
	if len(text) > maxText {
		text = text[:maxText]
	}
	plain := words(text)
	var found []string
	for _, f := range forms() {
		if f.in(plain) && !contains(found, f.id) {
			found = append(found, f.id)
		}
	}
	return strings.Join(found, " AND "), len(found) > 0
}

func (f form) in(plain string) bool {
	for _, p := range f.must {
		if !strings.Contains(plain, p) {
			return false
		}
	}
	for _, p := range f.not {
		if strings.Contains(plain, p) {
			return false
		}
	}
	return !f.title || strings.Index(plain, f.must[0]) < titleEnd
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

// words writes a text in small letters and digits, with single spaces.
func words(text []byte) string {
	var b bytes.Buffer
	b.Grow(len(text))
	gap := false
	for _, c := range text {
		switch {
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		case c == '\'' || c >= 0x80:
			continue
		default:
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteByte(c)
	}
	return b.String()
}
