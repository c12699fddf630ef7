package worker

import (
	"bytes"
	"os"
	"strconv"
)

// Resident is the child's resident memory in bytes; 0 when it has ended.
func (c *Child) Resident() int64 { return c.kernelSays("VmRSS") }

// Peak is the most resident memory that the child ever had, in bytes; 0 when
// it has ended.
func (c *Child) Peak() int64 { return c.kernelSays("VmHWM") }

// kernelSays reads a size from what the kernel says of the process.
func (c *Child) kernelSays(field string) int64 {
	select {
	case <-c.done:
		return 0
	default:
	}
	b, err := os.ReadFile("/proc/" + strconv.Itoa(c.pid) + "/status")
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(b) {
		name, rest, ok := bytes.Cut(line, []byte(":"))
		if !ok || string(name) != field {
			continue
		}
		kb, err := strconv.ParseInt(string(bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimSpace(rest), []byte("kB")))), 10, 64)
		if err != nil {
			return 0
		}
		return kb << 10
	}
	return 0
}
