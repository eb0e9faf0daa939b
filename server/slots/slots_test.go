package slots_test

import (
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"louter/server/config"
	"louter/server/exchange"
	"louter/server/slots"
	"louter/translate/ir"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func set(places int) slots.Set {
	b := config.DefaultBackend("a")
	b.MaxInFlight = places
	return slots.NewSet([]*config.Backend{b})
}

func atA() *exchange.Exchange { return &exchange.Exchange{Target: exchange.Target{Backend: "a"}} }

// TestAQueuedOneGetsThePlace that becomes free in time; later ones do not.
func TestAQueuedOneGetsThePlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := set(1)
		h := s.Layer(exchange.HandlerFunc(func(context.Context, *exchange.Exchange) (*exchange.Reply, error) {
			time.Sleep(700 * time.Millisecond)
			return &exchange.Reply{}, nil
		}))
		var all sync.WaitGroup
		var mu sync.Mutex
		answered, refused := 0, 0
		for range 3 {
			all.Go(func() {
				_, err := h.Handle(t.Context(), atA())
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					answered++
					return
				}
				if e := ir.AsError(err); e.Code != "gateway_overloaded" || e.RetryAfter <= 0 || e.HTTPStatus() != 503 {
					t.Errorf("%+v", e)
				}
				refused++
			})
		}
		all.Wait()
		if answered != 2 || refused != 1 || s.InFlight("a") != 0 {
			t.Errorf("%d answered, %d refused, %d in flight", answered, refused, s.InFlight("a"))
		}
	})
}

// TestAStreamHoldsItsPlaceToTheEnd, be it read or left.
func TestAStreamHoldsItsPlaceToTheEnd(t *testing.T) {
	for _, read := range []bool{true, false} {
		s := set(1)
		h := s.Layer(exchange.HandlerFunc(func(context.Context, *exchange.Exchange) (*exchange.Reply, error) {
			return &exchange.Reply{Length: -1, Stream: io.NopCloser(strings.NewReader("x"))}, nil
		}))
		reply, err := h.Handle(t.Context(), atA())
		if err != nil || s.InFlight("a") != 1 {
			t.Fatalf("%v, %d in flight", err, s.InFlight("a"))
		}
		if read {
			if _, err := io.ReadAll(reply.Stream); err != nil {
				t.Fatal(err)
			}
		}
		if err := reply.Stream.Close(); err != nil || s.InFlight("a") != 0 {
			t.Errorf("read=%v: %v, %d in flight", read, err, s.InFlight("a"))
		}
	}
}

// TestWhoLeavesTheQueueHoldsNothing, and neither does a handler that panics.
func TestWhoLeavesTheQueueHoldsNothing(t *testing.T) {
	s := set(1)
	enter, leave := make(chan struct{}), make(chan struct{})
	h := s.Layer(exchange.HandlerFunc(func(context.Context, *exchange.Exchange) (*exchange.Reply, error) {
		close(enter)
		<-leave
		panic("x")
	}))
	var first sync.WaitGroup
	first.Go(func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		_, err := h.Handle(t.Context(), atA())
		t.Error(err)
	})
	<-enter
	ctx, gone := context.WithCancel(t.Context())
	gone()
	if _, err := h.Handle(ctx, atA()); ir.AsError(err).Kind != ir.KindClientGone {
		t.Error(err)
	}
	close(leave)
	first.Wait()
	if s.InFlight("a") != 0 {
		t.Errorf("%d in flight", s.InFlight("a"))
	}
}
