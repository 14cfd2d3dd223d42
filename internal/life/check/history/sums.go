package history

// sums is a set of hashes. Its zero value is empty. It takes half the time of a map:
// a hash lies where it says, or soon after.
type sums struct {
	slots []uint64 // a power of two, 0 for none; at most half of them are taken
	n     int
}

// add puts a hash in and reports whether it is new. A set that is full forgets all.
func (s *sums) add(sum uint64) bool {
	if sum == 0 {
		sum = 1
	}
	if 2*s.n >= len(s.slots) {
		s.grow()
	}
	mask := uint64(len(s.slots) - 1)
	for i := sum & mask; ; i = (i + 1) & mask {
		switch s.slots[i] {
		case sum:
			return false
		case 0:
			s.slots[i] = sum
			s.n++
			return true
		}
	}
}

func (s *sums) grow() {
	if s.n >= seenLines {
		clear(s.slots)
		s.n = 0
		return
	}
	old := s.slots
	*s = sums{slots: make([]uint64, max(1<<12, 2*len(old)))}
	for _, sum := range old {
		if sum != 0 {
			s.add(sum)
		}
	}
}
