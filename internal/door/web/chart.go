package web

import (
	"strconv"

	"github.com/paddock-dev/paddock/internal/door/view"
)

// bar is one day in a chart, or a run of days that are not known, in the units
// of its view box: each day is 10 wide, the whole is 100 high.
type bar struct {
	x, y, width, height string
	known               bool   // false: a gap of one or more days, drawn as one
	title               string // shown by the browser on hover
}

// chart is a column chart of one number a day.
type chart struct {
	name    string // what is counted
	about   string // the whole in one sentence, for who cannot see it
	viewBox string
	bars    []bar
	top     string // the highest value, as text
	gaps    int
}

// requestChart draws requests a day, costChart money a day.
func requestChart(days []view.Day) chart {
	return draw("Requests a day", days, func(d view.Day) float64 { return float64(d.Requests) },
		func(v float64) string { return grouped(int64(v)) })
}

func costChart(days []view.Day, currency string) chart {
	return draw("Cost a day", days, func(d view.Day) float64 { return d.Cost },
		func(v float64) string { return money(v, currency) })
}

func draw(name string, days []view.Day, value func(view.Day) float64, text func(float64) string) chart {
	c := chart{name: name, viewBox: "0 0 " + strconv.Itoa(max(10*len(days), 10)) + " 100"}
	highest := 0.0
	for _, d := range days {
		if d.Known {
			highest = max(highest, value(d))
		}
	}
	for i := 0; i < len(days); i++ {
		if run := unknownRun(days[i:]); run > 0 {
			c.gaps += run
			c.bars = append(c.bars, gap(i, days[i:i+run]))
			i += run - 1
			continue
		}
		h := height(value(days[i]), highest)
		c.bars = append(c.bars, bar{x: strconv.Itoa(10*i + 1), y: decimal(100 - h), width: "8", height: decimal(h),
			known: true, title: dayOf(days[i].Date) + ": " + text(value(days[i]))})
	}
	c.top = text(highest)
	c.about = name + " over " + plural(len(days), "day", "days") + ". Highest: " + c.top + "."
	if c.gaps > 0 {
		c.about += " Not known for " + plural(c.gaps, "day", "days") + "."
	}
	return c
}

// unknownRun counts the days at the start that are not known.
func unknownRun(days []view.Day) int {
	for n, d := range days {
		if d.Known {
			return n
		}
	}
	return len(days)
}

// gap draws a run of unknown days, starting at day i, as one outlined field.
func gap(i int, days []view.Day) bar {
	title := dayOf(days[0].Date)
	if len(days) > 1 {
		title += " to " + dayOf(days[len(days)-1].Date)
	}
	return bar{x: strconv.Itoa(10*i + 1), y: "2", width: strconv.Itoa(10*len(days) - 2), height: "98", title: title + ": not known"}
}

// height scales v to 100; a known zero keeps a thin line, so that it differs
// from a gap.
func height(v, highest float64) float64 {
	if v <= 0 || highest <= 0 {
		return 1
	}
	return max(v/highest*98, 2)
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

// meter is the width of a budget's bar, at most full.
func meter(share float64) string {
	return decimal(100*min(max(share, 0), 1)) + "%"
}

// budgetTone says in which state a budget is.
func budgetTone(share float64) string {
	switch {
	case share > 1:
		return "bad"
	case share >= 0.8:
		return "warn"
	}
	return "ok"
}
