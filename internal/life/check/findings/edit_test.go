package findings

import (
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

func TestStepsCanBeFollowed(t *testing.T) {
	got := strings.Join(Steps([]core.Edit{
		{Kind: core.EditReplace, Path: "requirements.txt", Line: 3, Column: 1, End: 12, Old: "flask==0.12", New: "flask==3.1"},
		{Kind: core.EditReplace, Path: "a.yml", Line: 2, Column: 11, End: 19, New: "${DB_PASSWORD}"},
		{Kind: core.EditAdd, Path: ".gitignore", New: ".env"},
		{Kind: core.EditAdd, Path: "microapp.yaml", Line: 9, New: "  - name: `x`"},
		{Kind: core.EditDelete, Path: "app.js", Line: 7},
		{Kind: core.EditRemove, Path: "id_rsa"},
		{Kind: core.EditReplace, Path: "ci.yml", Line: 5, Column: 1, End: 2, Old: "r", New: "    r"},
	}), "\n")
	want := "In line 3 of `requirements.txt`, from column 1, change `flask==0.12` to `flask==3.1`.\n" +
		"In line 2 of `a.yml`, put `${DB_PASSWORD}` in place of columns 11 to 18.\n" +
		"Add this line at the end of `.gitignore`: `.env`\n" +
		"Add this line after line 9 of `microapp.yaml`: ``   - name: `x` ``\n" +
		"Take out line 7 of `app.js`.\n" +
		"Take out the file `id_rsa`.\n" +
		"Put 4 blanks at the start of line 5 of `ci.yml`."
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestEditsStandInPlaceOfFix(t *testing.T) {
	text := Text{Code: "x", Check: "code", Severity: core.Caution, What: "W", Why: "Y", Fix: []string{"Think."}, Then: []string{"Push {what}."}}
	f := Of(text, At{Edits: []core.Edit{{Kind: core.EditDelete, Path: "a", Line: 1}}}, "what", "again")
	if got := strings.Join(f.Fix, " "); got != "Take out line 1 of `a`. Push again." {
		t.Errorf("got %q", got)
	}
	if f = Of(text, At{}); strings.Join(f.Fix, " ") != "Think." || f.Edits != nil {
		t.Errorf("without edits: %q", f.Fix)
	}
}
