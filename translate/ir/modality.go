package ir

import "strings"

// ModalityOf tells the kind of content by its MIME type; without one it is
// other.
func ModalityOf(mimeType string, other Modality) Modality {
	bare, _, _ := strings.Cut(mimeType, ";")
	bare = strings.ToLower(strings.TrimSpace(bare))
	kind, _, _ := strings.Cut(bare, "/")
	switch {
	case bare == "":
		return other
	case bare == "application/pdf":
		return ModalityPDF
	case kind == "image":
		return ModalityImage
	case kind == "audio":
		return ModalityAudio
	case kind == "video":
		return ModalityVideo
	}
	return ModalityFile
}
