package gemini

import (
	"mime"
	"path"
	"strings"

	"louter/translate/ir"

	gen "louter/gen/gemini"
)

// Google's speech models give linear PCM, 16 bits, 24 kHz. The neutral model
// calls just that "audio/pcm"; another rate stays beside Google's name.
const (
	pcm16    = "audio/pcm"
	linear16 = "audio/L16"
	pcmRate  = "24000"
	// pcmAnswer is how the service names it.
	pcmAnswer = linear16 + ";codec=pcm;rate=" + pcmRate
)

// decodeBlob reads inlineData. What a provider sends is taken as it is: only
// checkBlob refuses.
func decodeBlob(b *gen.Blob) ir.Media {
	kind := decodeMIME(deref(b.MimeType))
	data, _ := ir.Base64(deref(b.Data))
	return ir.Media{Modality: ir.ModalityOf(kind, ir.ModalityFile), MIME: kind, Data: data, Name: deref(b.DisplayName)}
}

// checkBlob refuses a client's inlineData that holds no base64; nil: there is none.
func checkBlob(b *gen.Blob, path string) error {
	if b == nil {
		return nil
	}
	if _, ok := ir.Base64(deref(b.Data)); !ok {
		return ir.Invalid(path+".inlineData.data", "Invalid value: inlineData.data must be base64, and not empty.")
	}
	return nil
}

// decodeFile reads fileData. The URI stays a URL, also where it names a file
// of Google's own: TakesURL of the backend decides who reads any other.
func decodeFile(f *gen.FileData) ir.Media {
	kind := decodeMIME(deref(f.MimeType))
	if kind == "" {
		kind = mimeOfURL(deref(f.FileUri))
	}
	m := ir.Media{Modality: ir.ModalityOf(kind, ir.ModalityFile), MIME: kind, URL: deref(f.FileUri), Name: deref(f.DisplayName)}
	if kind == "" && isYouTube(m.URL) {
		m.Modality = ir.ModalityVideo
	}
	m.Held = isYouTube(m.URL) || strings.HasPrefix(m.URL, fileAPI) || strings.HasPrefix(m.URL, "gs://")
	return m
}

func isYouTube(url string) bool {
	return strings.Contains(url, "://www.youtube.com/") || strings.Contains(url, "://youtube.com/") || strings.Contains(url, "://youtu.be/")
}

// decodeMIME takes the parameters off, but for the rate of linear PCM that is
// not the usual one: without it the sound cannot be played.
func decodeMIME(value string) string {
	base, params, _ := strings.Cut(value, ";")
	base = strings.TrimSpace(base)
	if !strings.EqualFold(base, linear16) && !strings.EqualFold(base, pcm16) {
		return strings.ToLower(base)
	}
	for param := range strings.SplitSeq(params, ";") {
		if rate, found := strings.CutPrefix(strings.TrimSpace(param), "rate="); found && rate != pcmRate {
			return linear16 + ";rate=" + rate
		}
	}
	return pcm16
}

func encodeMIME(m ir.Media) string {
	switch {
	case m.MIME == pcm16:
		return pcmAnswer
	case m.MIME != "":
		return m.MIME
	}
	return defaultMIME[m.Modality]
}

// defaultMIME is for dialects that do not say the type: the service wants one.
var defaultMIME = map[ir.Modality]string{
	ir.ModalityImage: "image/jpeg", ir.ModalityAudio: "audio/wav", ir.ModalityVideo: "video/mp4",
	ir.ModalityPDF: "application/pdf", ir.ModalityFile: "text/plain", ir.ModalityText: "text/plain",
}

// mimeOfURL guesses by the name's ending, from Go's built-in table and the
// film and sound types that it lacks.
func mimeOfURL(url string) string {
	url, _, _ = strings.Cut(url, "?")
	ending := strings.ToLower(path.Ext(url))
	switch ending {
	case ".mp4":
		return "video/mp4"
	case ".mov":
		return "video/quicktime"
	case ".webm":
		return "video/webm"
	case ".mp3":
		return "audio/mpeg"
	case ".wav":
		return "audio/wav"
	case ".jpg", ".jpeg", ".png", ".gif", ".webp", ".pdf":
		base, _, _ := strings.Cut(mime.TypeByExtension(ending), ";")
		return base
	}
	return ""
}

// decodeResolution sets a part's own resolution, else the request's.
func decodeResolution(own *gen.PartMediaResolution, whole string) string {
	if own != nil {
		if word := partResolutions[deref(own.Level)]; word != "" {
			return word
		}
	}
	return whole
}

func decodeClip(v *gen.VideoMetadata) *ir.Clip {
	if v == nil {
		return nil
	}
	return &ir.Clip{Start: deref(v.StartOffset), End: deref(v.EndOffset), FPS: v.Fps}
}

func encodeClip(c *ir.Clip) *gen.VideoMetadata {
	if c == nil {
		return nil
	}
	return &gen.VideoMetadata{StartOffset: some(c.Start), EndOffset: some(c.End), Fps: c.FPS}
}

// encodeMedia gives the blob or the file of a part; both nil where the media
// cannot be sent, with the reason. A file's name is not sent: the service reads
// displayName only beside tools of its own.
func encodeMedia(m ir.Media) (*gen.Blob, *gen.FileData, string) {
	kind := encodeMIME(m)
	switch {
	case m.Data != "":
		return &gen.Blob{MimeType: &kind, Data: &m.Data}, nil, ""
	case m.URL != "":
		return nil, &gen.FileData{FileUri: &m.URL, MimeType: &kind}, ""
	case strings.HasPrefix(m.FileID, "files/"):
		uri := strings.TrimSuffix(fileAPI, "files/") + m.FileID
		return nil, &gen.FileData{FileUri: &uri, MimeType: &kind}, ""
	case m.FileID != "":
		return nil, nil, "a file that another provider holds cannot be sent to Gemini"
	}
	return &gen.Blob{MimeType: &kind, Data: new(string)}, nil, ""
}
