// Package translate says what a protocol is: a front that clients speak to
// Louter, a back that Louter speaks upstream, each mapping one wire format to
// and from the neutral model of package ir. Two halves compose into a
// translator; no half knows another protocol.
package translate

import (
	"net/http"
	"time"

	"louter/translate/ir"
	"louter/translate/wire"
)

// Operation is what a call asks for, in any dialect.
type Operation string

// Operations. OpOther is everything that only passes through.
const (
	OpGenerate    Operation = "generate"
	OpEmbed       Operation = "embed"
	OpCountTokens Operation = "count_tokens"
	OpListModels  Operation = "list_models"
	OpGetModel    Operation = "get_model"
	OpOther       Operation = "other"
)

// Call is one HTTP request of a protocol: a client's to Louter, or Louter's
// to a backend. Nothing in it points into fiber's memory but Body, which is
// valid until the exchange has ended.
type Call struct {
	Operation Operation
	Method    string
	// Path is escaped and relative to the API's version prefix: "/chat/completions",
	// "/models/gemini-2.5-flash:generateContent". A backend's base URL goes before it.
	Path string
	// Prefix is the version prefix the client used ("/v1beta", "/v1",
	// "/upload/v1beta"); empty on calls that go upstream.
	Prefix string
	Query  string // raw, without credentials
	// Header is filled by whoever serves the call, as Body is.
	Header http.Header
	Body   []byte
	// Model and Stream as the dialect says them, in path or body.
	Model  string
	Stream bool
}

// Protocol is one wire format. Front or NewBack may be nil.
type Protocol struct {
	Name    string // the configuration's word: "openai", "gemini"
	Front   Front
	NewBack func(BackOptions) (Back, error)
	// Editor makes the small edits of pass-through.
	Editor Editor
	// Detect finds the model's name and stream flag in a body without
	// decoding it, for routing; an *ir.Error says what is wrong.
	// Protocols that have both in the path leave it nil.
	Detect func(body []byte) (model string, stream bool, err error)
	// UsageMember is the member of an answer or chunk that holds the token
	// usage, and DecodeUsage reads its value; nil: it counts nothing. They are
	// for answers that are passed and never decoded as a whole.
	UsageMember string
	DecodeUsage func(raw []byte) *ir.Usage
	// Heartbeat may stand between two events of a stream to a client; empty:
	// its clients take nothing but events (facts 10).
	Heartbeat []byte
	// Models writes model lists in the dialect; nil: it has none.
	Models ModelEncoder
}

// Model is one name that clients may ask for.
type Model struct {
	Name  string
	Owner string // the backend that serves it
}

// ModelEncoder writes the models of the configuration.
type ModelEncoder interface {
	EncodeModels([]Model) ([]byte, error)
	EncodeModel(Model) ([]byte, error)
}

// BackOptions is what a backend's configuration says about how it speaks.
type BackOptions struct {
	Profile string // a name in the protocol's table, or "auto"
	Host    string // of the backend's URL, for "auto"
	// Quirks override single properties of the profile, by their names there.
	Quirks map[string]any
	// MaxTokensField is max_tokens, max_completion_tokens, both or auto.
	MaxTokensField string
	// ToolFormat "xml" reads tool calls out of the text of answers, for
	// small models that write them there; "" and "json" do not.
	ToolFormat string
}

// Front is what clients speak.
type Front interface {
	// DecodeRequest fails with an *ir.Error of kind Invalid that names the field.
	DecodeRequest(Call) (*ir.Request, error)
	// EncodeResponse appends to resp.Dropped what the dialect cannot say.
	EncodeResponse(req *ir.Request, resp *ir.Response, mint Mint) ([]byte, error)
	EncodeError(*ir.Error) (status int, body []byte)
	NewEncoder(*ir.Request, Mint) Encoder
	// Framing of the stream that this call asks for.
	Framing(Call) wire.Framing
}

// Back is what Louter speaks upstream.
type Back interface {
	// EncodeRequest appends to req.Dropped what the backend cannot take.
	EncodeRequest(*ir.Request) (Call, error)
	DecodeResponse(req *ir.Request, body []byte, mint Mint) (*ir.Response, error)
	// DecodeError never fails: a body it cannot read gives a kind by status.
	DecodeError(status int, h http.Header, body []byte) *ir.Error
	NewDecoder(*ir.Request, Mint) Decoder
	// TakesURL says whether the backend fetches or resolves this media
	// itself. Where it does not, Louter fetches it and puts it inline.
	TakesURL(ir.Media) bool
}

// Decoder turns frames of a backend's stream into events. It holds no I/O,
// goroutine or channel. Decode appends to dst and returns it.
type Decoder interface {
	Decode(dst []ir.Event, f wire.Frame) ([]ir.Event, error)
	// Close is called once at the end of the body. A stream that ended
	// without having finished is an *ir.Error of kind BadUpstream (promise 2).
	Close(dst []ir.Event) ([]ir.Event, error)
}

// Encoder turns events into frames of the client's dialect. Encode appends to
// dst and returns it.
type Encoder interface {
	Encode(dst []wire.Frame, e ir.Event) ([]wire.Frame, error)
	// Close gives what ends a good stream ("[DONE]"); it is not called after Fail.
	Close(dst []wire.Frame) ([]wire.Frame, error)
	// Dropped lists what the dialect could not say so far, each once. Its
	// client has the headers already: it is for the log and the counters.
	Dropped() []ir.Loss
}

// Mint makes what translation may not: identifiers and the time. Tests give
// fixed ones, so that goldens stay stable.
type Mint struct {
	// ID gives prefix and a fresh random tail ("call_" + …).
	ID  func(prefix string) string
	Now func() time.Time
}
