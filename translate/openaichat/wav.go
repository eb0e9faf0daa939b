package openaichat

import (
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"

	"louter/translate/ir"
)

// wavHeader is the length of the header of a WAV file of plain samples.
const wavHeader = 44

// wrapSound gives a client that asked for WAV a file of it: Gemini answers
// with bare samples, which no player takes under that name.
func wrapSound(req *ir.Request, resp *ir.Response) {
	if req == nil || req.Output.Audio == nil || req.Output.Audio.Format != "wav" {
		return
	}
	for _, c := range resp.Candidates {
		for i, p := range c.Parts {
			m, isMedia := p.(ir.Media)
			if !isMedia || m.Modality != ir.ModalityAudio {
				continue
			}
			if rate, bare := sampleRate(m.MIME); bare {
				if data, err := base64.StdEncoding.DecodeString(m.Data); err == nil {
					m.Data, m.MIME = base64.StdEncoding.EncodeToString(wav(data, rate)), "audio/wav"
					c.Parts[i] = m
				}
			}
		}
	}
}

// sampleRate of 16-bit samples without a header: 24,000 a second unless the
// type says another (https://ai.google.dev/gemini-api/docs/speech-generation).
func sampleRate(mime string) (rate int, bare bool) {
	base, params, _ := strings.Cut(mime, ";")
	if !strings.EqualFold(base, "audio/pcm") && !strings.EqualFold(base, "audio/l16") {
		return 0, false
	}
	for param := range strings.SplitSeq(params, ";") {
		if value, found := strings.CutPrefix(strings.TrimSpace(param), "rate="); found {
			if n, err := strconv.Atoi(value); err == nil && n > 0 {
				return n, true
			}
		}
	}
	return 24_000, true
}

// wav puts the header of one channel of 16-bit samples in front.
func wav(samples []byte, rate int) []byte {
	const sampleBytes = 2
	le := binary.LittleEndian
	out := make([]byte, 0, wavHeader+len(samples))
	out = le.AppendUint32(append(out, "RIFF"...), uint32(wavHeader-8+len(samples)))
	out = le.AppendUint32(append(out, "WAVEfmt "...), 16)
	out = le.AppendUint16(le.AppendUint16(out, 1), 1) // PCM, one channel
	out = le.AppendUint32(le.AppendUint32(out, uint32(rate)), uint32(rate*sampleBytes))
	out = le.AppendUint16(le.AppendUint16(out, sampleBytes), 8*sampleBytes)
	out = le.AppendUint32(append(out, "data"...), uint32(len(samples)))
	return append(out, samples...)
}
