package server

import (
	"net/http"
	"reflect"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// TestHeaderOf: no value is lost, none runs into its neighbour, and nothing
// points into memory that fasthttp uses again.
func TestHeaderOf(t *testing.T) {
	app := fiber.New()
	raw := &fasthttp.RequestCtx{}
	for _, h := range [][2]string{{"x-one", "1"}, {"X-Two", "a"}, {"x-three", "3"}, {"x-two", "b"}, {"X-Goog-Api-Key", "k"}, {"x-two", "c"}} {
		raw.Request.Header.Add(h[0], h[1])
	}
	c := app.AcquireCtx(raw)
	defer app.ReleaseCtx(c)
	got := headerOf(c)
	got.Add("X-One", "more")
	raw.Request.Header.Set("X-Three", "#")
	want := http.Header{"X-One": {"1", "more"}, "X-Two": {"a", "b", "c"}, "X-Three": {"3"}, "X-Goog-Api-Key": {"k"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
