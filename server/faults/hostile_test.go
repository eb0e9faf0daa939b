package faults

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// hostile is a request that no client should send.
type hostile struct {
	Name   string
	Does   string
	Text   string
	Limits map[string]string
	Status int
	Silent bool // it may be closed without a word
	Unread bool // nobody can know the client's dialect
}

func readHostile(t *testing.T) []hostile {
	t.Helper()
	var file struct{ Request []hostile }
	readTable(t, "testdata/clients/hostile.toml", &file)
	return file.Request
}

// TestHostileRequests: one answer in the client's dialect, then the
// connection's end; what is refused reaches no backend.
func TestHostileRequests(t *testing.T) {
	for _, h := range readHostile(t) {
		for _, client := range []dialect{openai, gemini} {
			t.Run(h.Name+"/"+string(client), func(t *testing.T) {
				t.Parallel()
				h.run(t, client)
			})
		}
	}
}

func (h hostile) run(t *testing.T, client dialect) {
	up := startUpstream(t, fault{Steps: wellSteps})
	limits := ""
	for key, value := range h.Limits {
		limits += "[limits]\n" + key + " = " + strconv.Quote(value) + "\n"
	}
	g := startGateway(t, configText(limits, []backendEntry{{name: "well", url: up.url, model: "m", protocol: client}}))
	conn, err := net.Dial("tcp", strings.TrimPrefix(g.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer shut(conn)
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, h.fill(t, client)); err != nil {
		t.Logf("the gateway closed while the request was sent: %v", err)
	}
	h.check(t, client, conn)
	served := 0
	if h.Status == http.StatusOK {
		served = 1
	}
	if asked, _, _ := up.ledger(); len(asked) != served {
		t.Errorf("a backend was asked: %+v", asked)
	}
	got, err := g.ask(t.Context(), client, unary, "m")
	if err != nil {
		t.Fatal(err)
	}
	if problem := (faultCase{client: client, backend: client, kind: unary}).check("answer", got); problem != "" {
		t.Errorf("the next client: %s", problem)
	}
}

func (h hostile) fill(t *testing.T, client dialect) string {
	t.Helper()
	path, body := requestOf(client, unary, "m")
	bomb := ""
	if strings.Contains(h.Text, "{bomb}") {
		packed, err := bulk("bomb", "3000000", spoken{})
		if err != nil {
			t.Fatal(err)
		}
		bomb = packed
	}
	long := strings.Repeat("x", 70_000)
	return strings.NewReplacer("{path}", path, "{body}", body, "{length}", strconv.Itoa(len(body)), "{long}", long,
		"{body-chunk}", strconv.FormatInt(int64(len(body)), 16)+"\r\n"+body+"\r\n",
		"{chunk}", strconv.FormatInt(int64(len(long)), 16)+"\r\n"+long+"\r\n0\r\n\r\n",
		"{bomb}", bomb, "{bomb-length}", strconv.Itoa(len(bomb))).Replace(h.Text)
}

// check reads one answer and the end.
func (h hostile) check(t *testing.T, client dialect, conn net.Conn) {
	t.Helper()
	r := bufio.NewReader(conn)
	resp, err := http.ReadResponse(r, nil)
	if h.Silent && errors.Is(err, io.ErrUnexpectedEOF) {
		return
	}
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	c := faultCase{client: client, kind: unary}
	if !h.Silent && resp.StatusCode != h.Status {
		t.Errorf("status %d, want %d: %s", resp.StatusCode, h.Status, body)
	}
	problem := ""
	if h.Status == http.StatusOK {
		problem = c.check("answer", answer{status: resp.StatusCode, body: string(body)})
	} else if _, problem = c.errorIn(string(body)); h.Unread && problem == notTheDialect {
		problem = ""
	}
	if problem != "" {
		t.Errorf("%s: %s", problem, body)
	}
	if more, err := io.ReadAll(r); len(more) > 0 || errors.Is(err, errTimeout(err)) {
		t.Errorf("after the answer: %q, %v", more, err)
	}
}

// errTimeout is err if it says that the connection stayed open.
func errTimeout(err error) error {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return err
	}
	return io.ErrShortBuffer // none that a read gives
}
