package gemini

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// headerDelay reads Retry-After, as seconds or as a date counted from the
// answer's own Date: there is no clock here.
func headerDelay(h http.Header) time.Duration {
	if ms, err := strconv.ParseInt(h.Get("Retry-After-Ms"), 10, 64); err == nil && ms > 0 {
		return time.Duration(min(ms, math.MaxInt32)) * time.Millisecond
	}
	value := h.Get("Retry-After")
	if s, err := strconv.ParseFloat(value, 64); err == nil && s > 0 {
		return time.Duration(min(s, math.MaxInt32) * float64(time.Second))
	}
	until, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil || until.Before(now) {
		return 0
	}
	return until.Sub(now)
}

// messageDelay reads "Please retry in 34.07s.", which stands in the message
// where the details hold no RetryInfo.
func messageDelay(message string) time.Duration {
	_, rest, found := strings.Cut(message, "retry in ")
	if !found {
		return 0
	}
	word, _, _ := strings.Cut(rest, " ")
	delay, err := time.ParseDuration(strings.TrimRight(word, ".,\n"))
	if err != nil || delay < 0 {
		return 0
	}
	return delay
}
