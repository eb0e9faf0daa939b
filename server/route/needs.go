package route

import "louter/translate/ir"

// capabilityOf names what the configuration calls a modality.
var capabilityOf = map[ir.Modality]string{
	ir.ModalityImage: "vision", ir.ModalityAudio: "audio",
	ir.ModalityVideo: "video", ir.ModalityPDF: "pdf",
}

// Needs lists the capabilities that a request asks of its backend.
func Needs(r *ir.Request) []string {
	found := map[string]bool{}
	if len(r.Tools) > 0 {
		found["function_calling"] = true
	}
	collect(found, r.System)
	for _, t := range r.Turns {
		collect(found, t.Parts)
	}
	var needs []string
	for _, c := range []string{"vision", "audio", "video", "pdf", "function_calling"} {
		if found[c] {
			needs = append(needs, c)
		}
	}
	return needs
}

func collect(found map[string]bool, parts []ir.Part) {
	for _, p := range parts {
		switch p := p.(type) {
		case ir.Media:
			if c := capabilityOf[p.Modality]; c != "" {
				found[c] = true
			}
		case ir.ToolCall:
			found["function_calling"] = true
		case ir.ToolResult:
			found["function_calling"] = true
			collect(found, p.Content)
		}
	}
}
