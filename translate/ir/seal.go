package ir

import (
	"encoding/base64"
	"strings"
)

// Origins of seals: families of services that accept each other's proof.
const (
	OriginGoogle = "google"
	OriginOpenAI = "openai"
)

// Seal is opaque proof of a thought: a Gemini thought signature, an
// encrypted reasoning item. It goes back only to the origin it came from.
type Seal struct {
	Origin string
	Token  string
}

const packedMark = "louter1."

// Pack gives the seal's form in a foreign client's slot. A Google token
// stands there as it is, since both dialects' slots are Google's own; any
// other origin is named inside, in base64, because the slot takes bytes.
func (s Seal) Pack() string {
	if s.Origin == OriginGoogle {
		return s.Token
	}
	return base64.StdEncoding.EncodeToString([]byte(packedMark + s.Origin + "." + s.Token))
}

// UnpackSeal reads what Pack wrote; anything else is Google's.
func UnpackSeal(slot string) Seal {
	raw, err := base64.StdEncoding.DecodeString(slot)
	if err != nil || !strings.HasPrefix(string(raw), packedMark) {
		return Seal{Origin: OriginGoogle, Token: slot}
	}
	origin, token, found := strings.Cut(string(raw[len(packedMark):]), ".")
	if !found {
		return Seal{Origin: OriginGoogle, Token: slot}
	}
	return Seal{Origin: origin, Token: token}
}
