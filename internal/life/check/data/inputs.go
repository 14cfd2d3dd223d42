package data

import (
	"bytes"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

var (
	inputTag  = lazily(`(?i)<(input|textarea|select|TextField|Field|Input|FormControl|Form\.Control)\b([^<>]{0,600})`)
	nameOf    = lazily(`(?i)\b(?:name|id|v-model|formControlName|ng-model|autocomplete)\s*=\s*["'{]*\s*["']?([\w.\[\]\- ]+)`)
	typeOf    = lazily(`(?i)\btype\s*=\s*["']?(\w+)`)
	labelText = lazily(`(?i)<label\b[^<>]*>\s*(?:<[^<>]*>\s*)*([^<>{}]{2,60})`)
	formName  = lazily(`(?i)<form\b[^<>]*?\b(?:id|name|action|class)\s*=\s*["']?([\w/\- ]+)`)
	prefix    = lazily(`^(?:input|field|txt|form|frm|shipping|billing|home|work)[-_ ]|^section-\w+ `)
)

// autocomplete are names that browsers know and that say it all.
var autocomplete = map[string]string{"cc-number": "card number", "cc-csc": "card cvc", "cc-exp": "card expiry", "cc-name": "cardholder", "bday": "birthday", "tel": "phone", "email": "email", "street-address": "street address", "postal-code": "postal code",
	"given-name": "given name", "family-name": "family name", "current-password": "password", "new-password": "password", "additional-name": "middle name", "address-line1": "address line1", "bday-day": "birthday"}

func pageLike(ext string) bool {
	return contains(".html .htm .vue .svelte .astro .hbs .ejs .erb .jsp .cshtml .njk .tmpl .php .jsx .tsx", ext)
}

// inputs returns the fields of the forms in a page.
func inputs(f tree.File, group int) (out []field) {
	if !pageLike(f.Ext()) || !bytes.Contains(f.Text, []byte("<")) {
		return nil
	}
	text := blank(f)
	entity := "form"
	if m := formName().FindSubmatch(text); m != nil {
		entity += " " + string(m[1])
	}
	add := func(name string, offset int) {
		if len(out) < maxFields {
			out = append(out, field{entity, group, name, offset})
		}
	}
	for _, m := range inputTag().FindAllSubmatchIndex(text, maxFields) {
		attrs := text[m[4]:m[5]]
		kind := ""
		if t := typeOf().FindSubmatch(attrs); t != nil {
			kind = strings.ToLower(string(t[1]))
		}
		switch kind {
		case "hidden", "submit", "button", "checkbox", "radio", "image", "reset", "search", "file", "range", "color":
			continue
		case "email", "password":
			add(kind, m[0])
			continue
		case "tel":
			add("phone", m[0])
			continue
		}
		for _, n := range nameOf().FindAllSubmatch(attrs, 4) {
			name := strings.ToLower(strings.TrimSpace(string(n[1])))
			if known := autocomplete[name]; known != "" {
				name = known
			} else {
				name = prefix().ReplaceAllString(strings.TrimSpace(string(n[1])), "")
			}
			add(name, m[0])
		}
	}
	if len(out) == 0 {
		return nil
	}
	for _, m := range labelText().FindAllSubmatchIndex(text, maxFields) {
		add(strings.TrimRight(strings.TrimSpace(string(text[m[2]:m[3]])), ":*? "), m[2])
	}
	return out
}

var promptText = lazily(`(?is)\b(?:you are|your task|extract|summari[sz]e|du bist|tu es|eres)\b`)

// prompt are words that, in an instruction for a model, say what data it gets.
var prompt = map[string]pattern{
	"health":   lazily(`(?i)\b(?:patient(?:'s)? (?:record|history|data|name|note|chart)s?|diagnos[ei]s|medical (?:record|history|note)s?|clinical notes?|prescriptions?|symptoms|krankheit|diagnostico)\b`),
	"identity": lazily(`(?i)\b(?:date of birth|passport number|social security|full name|national id|geburtsdatum)\b`),
	"payment":  lazily(`(?i)\b(?:credit card|card number|iban|bank account)\b`),
	"contact":  lazily(`(?i)\b(?:phone numbers?|e-?mail address(?:es)?|home address(?:es)?)\b`),
	"children": lazily(`(?i)\b(?:pupils?'? (?:name|record|grade)s?|child'?s (?:name|age))\b`),
}
