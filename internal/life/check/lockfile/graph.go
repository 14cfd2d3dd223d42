package lockfile

import "slices"

// settle finds, for each package, the ask that brings it in: breadth first from
// the asks, those for running before those for building, so that the shortest
// way counts and each package is visited once, cycles or not. Packages that
// only asks for building bring in are for building only, unless the lock says
// so itself.
func (p *Project) settle(says bool) {
	var queue []int
	visit := func(i, by int, dev bool) {
		pkg := &p.Packages[i]
		if pkg.By == Missing {
			pkg.By = by
			if !says {
				pkg.Dev = dev
			}
			queue = append(queue, i)
		}
	}
	for _, dev := range []bool{false, true} {
		for i, a := range p.Asks {
			if a.Package >= 0 && a.Dev == dev {
				p.Packages[a.Package].Direct = true
				visit(a.Package, i, dev)
			}
		}
		for len(queue) > 0 {
			i := queue[0]
			queue = queue[1:]
			for _, to := range p.Packages[i].Needs {
				visit(to, p.Packages[i].By, dev)
			}
		}
	}
}

// tidy sorts the needs of each package and takes out repetitions.
func (l *lock) tidy() {
	for i := range l.packages {
		slices.Sort(l.packages[i].Needs)
		l.packages[i].Needs = slices.Compact(l.packages[i].Needs)
	}
}
