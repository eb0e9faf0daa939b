package ir

import "encoding/json"

// Part is one piece of a turn, an instruction or a candidate. The set is
// sealed: Text, Media, ToolCall, ToolResult, Reasoning, Refusal.
type Part interface{ part() }

// Text is said text. Empty text is kept: turn order depends on it
// (defects 74, 75).
type Text struct {
	Text string
	Seal *Seal
	// Citations point into Text; offsets count bytes of UTF-8.
	Citations []Citation
}

// Modality is a kind of content.
type Modality string

// Modalities; the values are the capability names of the configuration.
const (
	ModalityText  Modality = "text"
	ModalityImage Modality = "image"
	ModalityAudio Modality = "audio"
	ModalityVideo Modality = "video"
	ModalityPDF   Modality = "pdf"
	// ModalityFile is any other document: text/plain, text/csv, …
	ModalityFile Modality = "file"
)

// Media is an image, a sound, a film or a document: inline (Data), by URL or
// by a file the provider holds (FileID). Exactly one of the three is set.
type Media struct {
	Modality Modality
	// MIME is without parameters; "" where the dialect does not say.
	// "audio/pcm" is 16-bit little-endian mono at 24 kHz, what both vendors
	// mean by it; another rate is "audio/L16;rate=…".
	MIME string
	// Data is standard base64 with padding, as it travels on every wire, so
	// that megabytes are never decoded only to be encoded again.
	Data string
	URL  string
	// Held says that only the provider of the client's dialect can read the URL:
	// one of its own files, or what it has leave to read.
	Held   bool
	FileID string
	Name   string // file name, where the dialect has one
	Detail string // low, high, auto, original or Gemini's media resolution in lower case
	// Transcript is what generated audio says; ID names it at its origin.
	Transcript string
	ID         string
	Clip       *Clip
	Seal       *Seal
}

// Clip is the wanted part of a film; offsets are strings such as "1.5s".
type Clip struct {
	Start, End string
	FPS        *float64
}

// ToolCall is the model's wish to run a function.
type ToolCall struct {
	ID   string // unique within the conversation; minted when the wire has none
	Name string
	// Args is the text of a JSON object. A backend that was cut short may
	// leave it broken: encoders check before they rely on it. For a custom
	// tool it is the free-form input itself.
	Args   string
	Custom bool
	Seal   *Seal
}

// ToolResult answers a ToolCall. Either Data (structured) or Content (text
// and media) is set; both empty means an empty result.
type ToolResult struct {
	CallID  string
	Name    string // resolved from the call where the dialect names none (defects 6)
	Data    json.RawMessage
	Content []Part // Text and Media
	IsError bool
}

// Reasoning is a thought shown or only sealed.
type Reasoning struct {
	Text string
	Seal *Seal
}

// Refusal is the model's own "no".
type Refusal struct{ Text string }

// Citation is a source for a span of text. Start and End count bytes of the
// text part; both zero: the whole.
type Citation struct {
	Start, End int
	URL, Title string
	License    string
}

func (Text) part()       {}
func (Media) part()      {}
func (ToolCall) part()   {}
func (ToolResult) part() {}
func (Reasoning) part()  {}
func (Refusal) part()    {}
