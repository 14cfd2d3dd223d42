package run

// SleepIdle does what the background tick does to idle apps.
func (m *Manager) SleepIdle() { m.sleepIdle() }
