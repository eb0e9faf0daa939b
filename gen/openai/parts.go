package openai

import (
	"bytes"
	"encoding/json"
)

// Parts hold the megabytes of a request. encoding/json has validated the
// array before UnmarshalJSON sees it, so the usual parts are cut out here in
// one quick pass; any other part goes through encoding/json once more, which
// also finds the words for what is wrong.

// readParts reads an array of parts.
func readParts(data []byte) ([]ContentPart, error) {
	parts := make([]ContentPart, 0, 1)
	c := cursor{data: data}
	more := c.open('[', ']')
	for more {
		value := c.value()
		var part ContentPart
		if !readPart(&part, value) {
			part = ContentPart{}
			if err := json.Unmarshal(value, &part); err != nil {
				// The offset of a syntax error counts from the element: only
				// a caller that skips validation can meet one.
				return nil, err
			}
		}
		parts = append(parts, part)
		more = c.next(']')
	}
	if !c.done() {
		// Not an array after all: this finds the words.
		return parts, json.Unmarshal(data, &parts)
	}
	return parts, nil
}

// readPart says false for a part with anything unusual in it, which
// encoding/json reads then.
func readPart(part *ContentPart, data []byte) bool {
	return members(data, func(key, value []byte) bool {
		switch string(key) {
		case `"type"`:
			return setString(&part.Type, value)
		case `"text"`:
			part.Text = new(string)
			return setString(part.Text, value)
		case `"image_url"`:
			if part.ImageURL != nil {
				return false
			}
			part.ImageURL = new(ImageURL)
			return readImageURL(part.ImageURL, value)
		case `"input_audio"`:
			if part.InputAudio != nil {
				return false
			}
			part.InputAudio = new(InputAudio)
			return readInputAudio(part.InputAudio, value)
		case `"file"`:
			if part.File != nil {
				return false
			}
			part.File = new(File)
			return readFile(part.File, value)
		}
		return false
	})
}

func readImageURL(image *ImageURL, data []byte) bool {
	return members(data, func(key, value []byte) bool {
		switch string(key) {
		case `"url"`:
			return setString(&image.URL, value)
		case `"detail"`:
			return setString(&image.Detail, value)
		}
		return false
	})
}

func readInputAudio(audio *InputAudio, data []byte) bool {
	return members(data, func(key, value []byte) bool {
		switch string(key) {
		case `"data"`:
			return setString(&audio.Data, value)
		case `"format"`:
			return setString(&audio.Format, value)
		}
		return false
	})
}

func readFile(file *File, data []byte) bool {
	return members(data, func(key, value []byte) bool {
		switch string(key) {
		case `"filename"`:
			return setString(&file.Filename, value)
		case `"file_data"`:
			return setString(&file.FileData, value)
		case `"file_id"`:
			return setString(&file.FileID, value)
		}
		return false
	})
}

func setString[S ~string](to *S, value []byte) bool {
	text, ok := unquote(value)
	*to = S(text)
	return ok
}

// members gives each key, in its quotes, and value of an object, until set
// says false.
func members(data []byte, set func(key, value []byte) bool) bool {
	c := cursor{data: data}
	more := c.open('{', '}')
	for more {
		key := c.value()
		if !c.take(':') || !set(key, c.value()) {
			return false
		}
		more = c.next('}')
	}
	return c.done()
}

// cursor walks JSON that has been validated. On other input it stops early
// and is never done.
type cursor struct {
	data   []byte
	at     int
	broken bool
}

// open passes the bracket and says whether an element follows.
func (c *cursor) open(bracket, end byte) bool {
	if !c.take(bracket) {
		c.broken = true
		return false
	}
	return !c.take(end)
}

// next passes the comma before another element, or the end.
func (c *cursor) next(end byte) bool {
	if c.take(',') {
		return true
	}
	if !c.take(end) {
		c.broken = true
	}
	return false
}

func (c *cursor) done() bool { return !c.broken && c.at == len(c.data) }

func (c *cursor) take(b byte) bool {
	c.skipSpace()
	if c.at < len(c.data) && c.data[c.at] == b {
		c.at++
		return true
	}
	return false
}

func (c *cursor) skipSpace() {
	for c.at < len(c.data) {
		switch c.data[c.at] {
		case ' ', '\t', '\r', '\n':
			c.at++
		default:
			return
		}
	}
}

// value cuts out the next value, without the space around it.
func (c *cursor) value() []byte {
	c.skipSpace()
	start, depth := c.at, 0
	for c.at < len(c.data) {
		switch c.data[c.at] {
		case '"':
			c.skipString()
			if depth == 0 {
				return c.data[start:c.at]
			}
			continue
		case '[', '{':
			depth++
		case ']', '}':
			if depth == 0 {
				return c.data[start:c.at]
			}
			if depth--; depth == 0 {
				c.at++
				return c.data[start:c.at]
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return c.data[start:c.at]
			}
		}
		c.at++
	}
	return c.data[start:c.at]
}

func (c *cursor) skipString() {
	c.at++
	for {
		quote := bytes.IndexByte(c.data[c.at:], '"')
		if quote < 0 {
			c.at = len(c.data)
			return
		}
		end := c.at + quote
		c.at = end + 1
		backslashes := 0
		for end-1-backslashes >= 0 && c.data[end-1-backslashes] == '\\' {
			backslashes++
		}
		if backslashes%2 == 0 {
			return
		}
	}
}
