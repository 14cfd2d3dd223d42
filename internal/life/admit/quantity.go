package admit

import (
	"math"
	"math/big"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// scale is what an amount is counted in.
type scale int64

// CPU is counted in thousandths of a core (1 is one core), memory in MiB (1 is
// one byte).
const (
	millis    scale = 1000
	mebibytes scale = -(1 << 20)
)

// suffixes of quantities, as Kubernetes defines them.
var suffixes = []struct {
	name string
	base int64
	exp  int64
}{
	{"Ki", 2, 10}, {"Mi", 2, 20}, {"Gi", 2, 30}, {"Ti", 2, 40}, {"Pi", 2, 50}, {"Ei", 2, 60},
	{"n", 10, -9}, {"u", 10, -6}, {"m", 10, -3}, {"k", 10, 3}, {"M", 10, 6}, {"G", 10, 9}, {"T", 10, 12}, {"P", 10, 15}, {"E", 10, 18},
}

// in returns the amount in whole units of the scale, rounded up so that a limit is
// never taken for smaller than it is; 0 for none. Larger amounts than fit are the
// largest that does. Errors: Unreadable.
func (q Quantity) in(s scale) (int, error) {
	text := string(q)
	if text == "" {
		return 0, nil
	}
	unit := big.NewRat(1, 1)
	for _, x := range suffixes {
		if number, ok := strings.CutSuffix(text, x.name); ok {
			text, unit = number, power(x.base, x.exp)
			break
		}
	}
	if len(text) > 32 || strings.ContainsAny(text, "/_xXpP") || !smallExponent(text) {
		return 0, notAQuantity(q)
	}
	n, ok := new(big.Rat).SetString(text)
	if !ok || n.Sign() < 0 {
		return 0, notAQuantity(q)
	}
	n.Mul(n, unit)
	if s > 0 {
		n.Mul(n, big.NewRat(int64(s), 1))
	} else {
		n.Quo(n, big.NewRat(-int64(s), 1))
	}
	whole := new(big.Int).Div(new(big.Int).Add(n.Num(), new(big.Int).Sub(n.Denom(), big.NewInt(1))), n.Denom())
	if !whole.IsInt64() || whole.Int64() > math.MaxInt32 {
		return math.MaxInt32, nil
	}
	return int(whole.Int64()), nil
}

// smallExponent refuses numbers that would fill the memory when they are written out.
func smallExponent(text string) bool {
	at := strings.IndexAny(text, "eE")
	return at < 0 || len(strings.TrimLeft(text[at+1:], "+-0")) <= 2
}

func power(base, exp int64) *big.Rat {
	p := new(big.Int).Exp(big.NewInt(base), big.NewInt(max(exp, -exp)), nil)
	if exp < 0 {
		return new(big.Rat).SetFrac(big.NewInt(1), p)
	}
	return new(big.Rat).SetInt(p)
}

func notAQuantity(q Quantity) error {
	return core.Errorf(core.Unreadable, "%q is not an amount of CPU or memory.", clip(string(q))).Hinted("Write it as Kubernetes does: 500m, 0.5, 128Mi.")
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
