package openaichat

import (
	"cmp"
	"encoding/base64"
	"net/url"
	"path"
	"strings"

	"louter/gen/openai"
	"louter/translate/ir"
)

func readMedia(p *openai.ContentPart, at string) (ir.Media, error) {
	switch {
	case p.ImageURL != nil && p.Type == openai.ContentPartTypeImageURL:
		m, err := imageOf(p.ImageURL, at+".image_url.url")
		if err == nil && p.ImageURL.Detail != "" && !imageDetails[p.ImageURL.Detail] {
			err = ir.Invalid(at+".image_url.detail", "Invalid value for '%s.image_url.detail': expected auto, low, high or original.", at)
		}
		m.Detail = string(p.ImageURL.Detail)
		return m, err
	case p.InputAudio != nil && p.Type == openai.ContentPartTypeInputAudio:
		return soundOf(p.InputAudio, at+".input_audio")
	case p.VideoURL != nil && p.Type == openai.ContentPartTypeVideoURL:
		m, err := mediaAt(p.VideoURL.URL, at+".video_url.url")
		m.Modality = ir.ModalityVideo
		return m, err
	case p.File != nil && p.Type == openai.ContentPartTypeFile:
		return fileOf(p.File, at+".file")
	}
	return ir.Media{}, ir.Invalid(at+"."+string(p.Type), "Missing required parameter: '%s.%s'.", at, p.Type)
}

func imageOf(u *openai.ImageURL, at string) (ir.Media, error) {
	if u == nil {
		return ir.Media{}, ir.Invalid(at, "Missing required parameter: '%s'.", at)
	}
	m, err := mediaAt(u.URL, at)
	m.Modality = ir.ModalityOf(m.MIME, ir.ModalityImage)
	return m, err
}

func soundOf(a *openai.InputAudio, at string) (ir.Media, error) {
	mimeType, known := inputAudioTypes[a.Format]
	if !known {
		return ir.Media{}, ir.Invalid(at+".format", "Invalid value for '%s.format': expected wav or mp3.", at)
	}
	m := ir.Media{Modality: ir.ModalityAudio, MIME: mimeType}
	if strings.HasPrefix(a.Data, "data:") {
		inline, err := mediaAt(a.Data, at+".data")
		m.Data = inline.Data
		return m, err
	}
	var err error
	m.Data, err = base64Text(a.Data, at+".data")
	return m, err
}

func fileOf(f *openai.File, at string) (ir.Media, error) {
	var m ir.Media
	var err error
	switch {
	case f.FileID != "":
		m.FileID = f.FileID
	case f.FileData == "":
		return m, ir.Invalid(at+".file_data", "Missing required parameter: '%s.file_data' or '%s.file_id'.", at, at)
	case strings.Contains(f.FileData[:min(len(f.FileData), 12)], ":"):
		m, err = mediaAt(f.FileData, at+".file_data")
	default:
		m.Data, err = base64Text(f.FileData, at+".file_data")
	}
	m.Name = f.Filename
	if m.MIME == "" || m.MIME == typeOfAnything {
		m.MIME = typeByName(f.Filename, m.MIME)
	}
	if m.MIME == "" {
		m.MIME = sniff(m.Data)
	}
	m.Modality = ir.ModalityOf(m.MIME, ir.ModalityFile)
	return m, err
}

// mediaAt reads a data URL, or keeps an address.
func mediaAt(address, at string) (ir.Media, error) {
	rest, inline := strings.CutPrefix(address, "data:")
	if !inline {
		u, err := url.Parse(address)
		if err != nil || u.Scheme == "" {
			return ir.Media{}, ir.Invalid(at, "Invalid value for '%s': expected a URL or a data URL.", at)
		}
		return ir.Media{URL: address, MIME: typeByName(u.Path, "")}, nil
	}
	header, data, found := strings.Cut(rest, ",")
	if !found || len(header) > maxDataURLHeader {
		return ir.Media{}, ir.Invalid(at, "Invalid value for '%s': the data URL has no data.", at)
	}
	media, params, _ := strings.Cut(header, ";")
	m := ir.Media{MIME: strings.ToLower(strings.TrimSpace(media))}
	if params != "base64" && !strings.HasSuffix(params, ";base64") {
		text, err := url.PathUnescape(data)
		if err != nil {
			return ir.Media{}, ir.Invalid(at, "Invalid value for '%s': the data URL is broken.", at)
		}
		m.Data = base64.StdEncoding.EncodeToString([]byte(text))
		return m, nil
	}
	var err error
	if m.Data, err = base64Text(data, at); err != nil {
		return ir.Media{}, err
	}
	if m.MIME == "" || m.MIME == typeOfAnything {
		m.MIME = cmp.Or(sniff(m.Data), m.MIME)
	}
	return m, nil
}

// typeOfAnything is what programs say that do not know (defects 68).
const typeOfAnything = "application/octet-stream"

const maxDataURLHeader = 256

func base64Text(data, at string) (string, error) {
	text, ok := ir.Base64(data)
	if !ok && text == "" {
		return "", ir.Invalid(at, "Invalid value for '%s': the data is empty.", at)
	}
	if !ok {
		return "", ir.Invalid(at, "Invalid value for '%s': expected base64.", at)
	}
	return text, nil
}

// magic are the beginnings of files.
var magic = []struct {
	at         int
	mark, mime string
}{
	{0, "\x89PNG\r\n\x1a\n", "image/png"}, {0, "\xff\xd8\xff", "image/jpeg"}, {0, "GIF8", "image/gif"}, {0, "%PDF-", "application/pdf"},
	{8, "WEBP", "image/webp"}, {8, "WAVE", "audio/wav"}, {0, "fLaC", "audio/flac"}, {0, "ID3", "audio/mpeg"}, {4, "ftyphei", "image/heic"},
}

// sniff tells the type of a file by its beginning, where the client did not.
func sniff(data string) string {
	const enough = 16 // characters are 12 bytes
	head, err := base64.StdEncoding.DecodeString(data[:min(len(data), enough)])
	if err != nil {
		return ""
	}
	for _, m := range magic {
		if len(head) >= m.at && strings.HasPrefix(string(head[m.at:]), m.mark) {
			return m.mime
		}
	}
	return ""
}

// knownTypes are what providers take and mime's own table does not have, or
// has differently from one machine to another.
var knownTypes = map[string]string{
	".pdf": "application/pdf", ".txt": "text/plain", ".md": "text/markdown", ".csv": "text/csv", ".html": "text/html", ".json": "application/json",
	".xml": "text/xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp",
	".heic": "image/heic", ".mp3": "audio/mpeg", ".wav": "audio/wav", ".mp4": "video/mp4", ".mov": "video/quicktime", ".webm": "video/webm",
	".mpeg": "video/mpeg", ".py": "text/x-python", ".js": "text/javascript", ".ts": "text/plain", ".go": "text/plain", ".css": "text/css",
}

func typeByName(name, other string) string {
	if t, known := knownTypes[strings.ToLower(path.Ext(name))]; known {
		return t
	}
	return other
}
