package workerd

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"sync"
)

// maxLine is the longest line kept of what an app prints; the rest is cut.
const maxLine = 8 << 10

// printed reads what the process prints, line by line.
type printed struct {
	log   func(level, text string)
	mu    sync.Mutex
	first string // the first error line, for a start that failed
	full  bool   // V8 said that its heap is full
}

func newPrinted(log func(level, text string)) *printed {
	if log == nil {
		log = func(string, string) {}
	}
	return &printed{log: log}
}

// read passes lines on until the pipe ends. Long lines are cut, never stored whole.
func (p *printed) read(from io.Reader, level string) {
	r := bufio.NewReaderSize(from, maxLine)
	for {
		line, err := r.ReadSlice('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			p.line(level, bytes.TrimRight(line, "\r\n"))
		}
		for err == bufio.ErrBufferFull {
			_, err = r.ReadSlice('\n')
		}
		if err != nil {
			return
		}
	}
}

// structured is one line of workerd's structured logging.
type structured struct {
	Level   string `json:"level"`
	Message string `json:"message"`
}

func (p *printed) line(level string, raw []byte) {
	text := string(raw)
	var s structured
	if json.Unmarshal(raw, &s) == nil && s.Message != "" {
		text = s.Message
		level = levelOf(s.Level, level)
	}
	p.mu.Lock()
	if p.first == "" && level == "error" {
		p.first = text
	}
	if strings.Contains(text, "out of memory") {
		p.full = true
	}
	p.mu.Unlock()
	p.log(level, text)
}

func levelOf(said, otherwise string) string {
	switch said {
	case "log", "info", "debug":
		return "log"
	case "warn", "warning":
		return "warn"
	case "error", "fatal":
		return "error"
	}
	return otherwise
}

func (p *printed) firstError() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.first
}

func (p *printed) heapFull() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.full
}

// awaitListen closes listens when workerd reports its socket, and reads on
// until the pipe ends.
func awaitListen(from io.Reader, listens chan<- struct{}) {
	lines := bufio.NewScanner(from)
	open := false
	for lines.Scan() {
		var event struct{ Event, Socket string }
		if !open && json.Unmarshal(lines.Bytes(), &event) == nil && event.Event == "listen" && event.Socket == "in" {
			open = true
			close(listens)
		}
	}
}
