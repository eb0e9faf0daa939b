package health_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"louter/server/health"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestChecksAtTheInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sick := errors.New("sick")
		var got []error
		checks := health.Start([]health.Check{{
			Backend: "a", Interval: 10 * time.Second, Timeout: 3 * time.Second,
			Ask: func(ctx context.Context) error {
				if len(got) == 1 { // says nothing, until its time is up
					<-ctx.Done()
					return ctx.Err()
				}
				return sick
			},
		}}, func(backend string, err error) {
			if backend != "a" {
				t.Error(backend)
			}
			got = append(got, err)
		})
		time.Sleep(25 * time.Second)
		checks.Stop()
		if len(got) != 3 || !errors.Is(got[0], sick) || !errors.Is(got[1], context.DeadlineExceeded) || !errors.Is(got[2], sick) {
			t.Errorf("%v", got)
		}
	})
}

// TestStopInterruptsACheck, and what it would have found is not reported.
func TestStopInterruptsACheck(t *testing.T) {
	asking := make(chan struct{})
	checks := health.Start([]health.Check{{
		Backend: "a", Interval: time.Hour, Timeout: time.Hour,
		Ask: func(ctx context.Context) error { close(asking); <-ctx.Done(); return ctx.Err() },
	}}, func(string, error) { t.Error("reported") })
	<-asking
	checks.Stop()
}
