// Command cli is a Chat Completions backend for driving a coding agent: it
// makes the agent read one file with its own tool, and answers with what was
// in it. It shares no code with Louter.
//
//	cli -listen 127.0.0.1:9301 -read /path/to/file
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:9301", "where to listen")
	read := flag.String("read", "", "the file that the agent is told to read")
	flag.Parse()
	server := http.Server{Addr: *listen, ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := answer(w, r, *read); err != nil {
			log.Print(err)
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	})}
	log.Fatal(server.ListenAndServe())
}

// answer calls the tool that reads files until its result has come.
func answer(w http.ResponseWriter, r *http.Request, path string) error {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	body := gjson.ParseBytes(raw)
	var result string
	for _, m := range body.Get("messages").Array() {
		if m.Get("role").String() == "tool" {
			result = m.Get("content").String()
		}
	}
	log.Printf("%d messages, %d tools, stream %t", len(body.Get("messages").Array()), len(body.Get("tools").Array()), body.Get("stream").Bool())
	delta := map[string]any{"role": "assistant", "content": "The file says: " + result}
	finish := "stop"
	if tool := body.Get(`tools.#(function.name=="read_file").function`); result == "" && tool.Exists() {
		field := "file_path"
		for _, name := range tool.Get("parameters.required").Array() {
			field = name.String()
		}
		args, err := json.Marshal(map[string]string{field: path})
		if err != nil {
			return err
		}
		finish = "tool_calls"
		delta = map[string]any{"role": "assistant", "content": nil, "tool_calls": []any{map[string]any{
			"index": 0, "id": "call_read1", "type": "function", "function": map[string]any{"name": "read_file", "arguments": string(args)}}}}
	} else if result == "" {
		delta["content"] = "ok"
	}
	return send(w, body, delta, finish)
}

func send(w http.ResponseWriter, body gjson.Result, delta map[string]any, finish string) error {
	model := body.Get("model").String()
	if !body.Get("stream").Bool() {
		w.Header().Set("Content-Type", "application/json")
		return json.NewEncoder(w).Encode(map[string]any{"id": "c", "object": "chat.completion", "created": 1, "model": model,
			"choices": []any{map[string]any{"index": 0, "message": delta, "finish_reason": finish}}})
	}
	w.Header().Set("Content-Type", "text/event-stream")
	for _, choice := range []map[string]any{{"index": 0, "delta": delta, "finish_reason": nil}, {"index": 0, "delta": map[string]any{}, "finish_reason": finish}} {
		chunk, err := json.Marshal(map[string]any{"id": "c", "object": "chat.completion.chunk", "created": 1, "model": model, "choices": []any{choice}})
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", chunk); err != nil {
			return err
		}
	}
	_, err := io.Copy(w, strings.NewReader("data: [DONE]\n\n"))
	return err
}
