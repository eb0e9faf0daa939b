package openaichat

import (
	"encoding/base64"
	"strings"

	"louter/gen/openai"
	"louter/translate/ir"
)

// media writes one part of media. What the server has no part for is an
// error and no loss: without it the question would be another one.
func (e *requestEncoder) media(m ir.Media, at string) (openai.ContentPart, error) {
	if m.Clip != nil {
		e.drop(at+".videoMetadata", notTaken)
	}
	if m.FileID != "" || m.Held {
		if m.Held || !e.p.fetches("file_id") || !e.p.sends("file") {
			return openai.ContentPart{}, ir.Invalid(at, "This file is held by another provider and cannot be read by the backend; send its data or a URL instead.")
		}
		return openai.ContentPart{Type: openai.ContentPartTypeFile, File: &openai.File{FileID: m.FileID}}, nil
	}
	switch m.Modality {
	case ir.ModalityImage:
		return e.image(m, at)
	case ir.ModalityAudio:
		return e.sound(m, at)
	case ir.ModalityVideo:
		if !e.p.sends("video_url") {
			return openai.ContentPart{}, e.cannotTake(at, "video")
		}
		return openai.ContentPart{Type: openai.ContentPartTypeVideoURL, VideoURL: &openai.VideoURL{URL: addressOf(m)}}, nil
	}
	return e.document(m, at)
}

func (e *requestEncoder) cannotTake(at, what string) error {
	return ir.Invalid(at, "The backend takes no %s: %s.", what, at)
}

func (e *requestEncoder) image(m ir.Media, at string) (openai.ContentPart, error) {
	if !e.p.sends("image_url") {
		return openai.ContentPart{}, e.cannotTake(at, "images")
	}
	e.dropName(m, at)
	u := &openai.ImageURL{URL: addressOf(m)}
	switch detail := openai.ImageDetail(m.Detail); {
	case m.Detail == "":
	case imageDetails[detail]:
		u.Detail = detail
	default:
		e.drop(at+".detail", "this resolution has no word here")
	}
	return openai.ContentPart{Type: openai.ContentPartTypeImageURL, ImageURL: u}, nil
}

func (e *requestEncoder) sound(m ir.Media, at string) (openai.ContentPart, error) {
	if !e.p.sends("input_audio") {
		return openai.ContentPart{}, e.cannotTake(at, "sound")
	}
	if m.Data == "" {
		return openai.ContentPart{}, ir.Invalid(at, "The backend takes sound inline alone, and fetching it is turned off: %s.", at)
	}
	format := inputAudioFormat(strings.ToLower(m.MIME))
	if format == "" {
		return openai.ContentPart{}, ir.Invalid(at, "The backend takes no sound of this type: %s.", at)
	}
	e.dropName(m, at)
	return openai.ContentPart{Type: openai.ContentPartTypeInputAudio, InputAudio: &openai.InputAudio{Data: m.Data, Format: format}}, nil
}

func (e *requestEncoder) dropName(m ir.Media, at string) {
	if m.Name != "" {
		e.drop(at+".filename", "only documents have a name here")
	}
}

// document writes text files as text, which every server reads, and others
// as a file.
func (e *requestEncoder) document(m ir.Media, at string) (openai.ContentPart, error) {
	if strings.HasPrefix(m.MIME, "text/") && m.Data != "" {
		raw, err := base64.StdEncoding.DecodeString(m.Data)
		if err != nil {
			return openai.ContentPart{}, ir.Invalid(at, "Invalid value for '%s': expected base64.", at)
		}
		text := strings.ToValidUTF8(string(raw), "\uFFFD")
		if m.Name != "" {
			text = m.Name + ":\n" + text
		}
		return openai.ContentPart{Type: openai.ContentPartTypeText, Text: &text}, nil
	}
	if !e.p.sends("file") {
		return openai.ContentPart{}, e.cannotTake(at, "documents")
	}
	if m.Data == "" && !e.p.fetches("file") {
		return openai.ContentPart{}, ir.Invalid(at, "The backend takes documents inline alone, and fetching them is turned off: %s.", at)
	}
	name := m.Name
	if name == "" {
		name = "document" + extensionOf(m.MIME) // OpenAI asks for a name beside data
	}
	return openai.ContentPart{Type: openai.ContentPartTypeFile, File: &openai.File{Filename: name, FileData: addressOf(m)}}, nil
}

func extensionOf(mimeType string) string {
	if mimeType == "application/pdf" {
		return ".pdf"
	}
	return ""
}

// addressOf is the URL of media, or its data as one.
func addressOf(m ir.Media) string {
	if m.URL != "" {
		return m.URL
	}
	mimeType := m.MIME
	if mimeType == "" {
		mimeType = "application/octet-stream"
	}
	return "data:" + mimeType + ";base64," + m.Data
}
