package ir

import (
	"encoding/base64"
	"strings"
)

// Base64 gives data as Media holds it, standard base64 with padding, whatever
// form it came in: with line breaks, in the alphabet for URLs, which
// protobuf's reader takes too, percent-escaped or without padding. False: it
// is none, or empty. The usual case is only looked through.
func Base64(data string) (string, bool) {
	for _, odd := range []byte("\r\n -_%") {
		if strings.IndexByte(data, odd) >= 0 {
			data = strings.NewReplacer("\r", "", "\n", "", " ", "", "-", "+", "_", "/",
				"%2B", "+", "%2F", "/", "%3D", "=").Replace(data)
			break
		}
	}
	if n := len(data) % 4; n == 2 || n == 3 {
		data += "=="[:4-n]
	}
	// The ends are decoded: a body that is no base64 at all shows there, and
	// megabytes need not be decoded only to be looked at.
	tail := max(0, len(data)-base64Probe)
	tail -= tail % 4
	for _, probe := range []string{data[:min(len(data), base64Probe)], data[tail:]} {
		if _, err := base64.StdEncoding.DecodeString(probe); err != nil {
			return data, false
		}
	}
	return data, data != ""
}

const base64Probe = 1024
