package gemini

import (
	"strings"
	"testing"
)

func TestNormalizePath(t *testing.T) {
	cases := []struct{ method, path, want string }{
		{"POST", "/v1beta/models/gemini-2.5-flash:generateContent", "/v1beta/models/gemini-2.5-flash:generateContent"},
		{"POST", "/v1beta/models/Qwen3:8b:generateContent", "/v1beta/models/Qwen3:8b:generateContent"},
		{"POST", "/v1beta/models/Qwen3%3A8b:generateContent", "/v1beta/models/Qwen3%3A8b:generateContent"},
		{"POST", "/v1beta/models/m%3AgenerateContent", "/v1beta/models/m:generateContent"},
		{"POST", "/v1beta/models/m%3astreamGenerateContent", "/v1beta/models/m:streamGenerateContent"},
		{"POST", "/v1beta/models/foo%2Fbar:countTokens", "/v1beta/models/foo%2Fbar:countTokens"},
		{"POST", "/v1beta/models/foo/bar:generateContent", "/v1beta/models/foo%2Fbar:generateContent"},
		{"POST", "/v1beta/models/hf.co/a/b%3A7b:generateContent", "/v1beta/models/hf.co%2Fa%2Fb%3A7b:generateContent"},
		{"POST", "/v1beta/models/models/x:generateContent", "/v1beta/models/x:generateContent"},
		{"POST", "/v1beta/models/models%2Fx:generateContent", "/v1beta/models/x:generateContent"},
		{"POST", "/v1beta/tunedModels/xyz:generateContent", "/v1beta/models/tunedModels%2Fxyz:generateContent"},
		{"POST", "/v1beta/dynamic/abc:generateContent", "/v1beta/models/dynamic%2Fabc:generateContent"},
		{"POST", "/v1/models/x:generateContent", "/v1beta/models/x:generateContent"},
		{"POST", "/v1alpha/models/x:generateContent", "/v1beta/models/x:generateContent"},
		{"POST", "/models/x:streamGenerateContent", "/v1beta/models/x:streamGenerateContent"}, // defects 54
		{"POST", "/v1beta/models/a%20b+c%2Bd:generateContent", "/v1beta/models/a%20b+c%2Bd:generateContent"},
		{"POST", "/v1beta/models/../x:generateContent", "/v1beta/models/..%2Fx:generateContent"},
		{"POST", "/v1alpha/cachedContents", "/v1beta/cachedContents"},
		{"POST", "/v1beta/models/Qwen3:8b", "/v1beta/models/Qwen3:8b"},
		{"POST", "/v1beta/models/:generateContent", "/v1beta/models/:generateContent"},
		{"POST", "/v1beta/models/x:generateContent/y", "/v1beta/models/x:generateContent/y"},
		{"POST", "/upload/v1beta/files", "/upload/v1beta/files"},
		{"POST", "/v1/chat/completions", "/v1/chat/completions"},
		{"POST", "/v1betamodels/x:generateContent", "/v1betamodels/x:generateContent"},
		{"GET", "/v1beta/models/foo/bar", "/v1beta/models/foo%2Fbar"},
		{"GET", "/v1beta/models/models/x", "/v1beta/models/x"},
		{"GET", "/v1beta/models/abc:generateContent", "/v1beta/models/abc:generateContent"},
		{"GET", "/v1beta/models", "/v1beta/models"},
		{"GET", "/v1alpha/models", "/v1beta/models"},
		{"GET", "/v1beta/files/abc", "/v1beta/files/abc"},
		{"GET", "/v1/models", "/v1/models"},
		{"GET", "/v1/models/foo/bar", "/v1/models/foo/bar"},
		{"DELETE", "/v1/models/ft:gpt-4o:acme::abc", "/v1/models/ft:gpt-4o:acme::abc"},
		{"PATCH", "/v1beta/cachedContents/x", "/v1beta/cachedContents/x"},
		{"POST", "/", "/"},
		{"POST", "", ""},
	}
	for _, c := range cases {
		if got := normalizePath(c.method, c.path); got != c.want {
			t.Errorf("%s %s: got %s, want %s", c.method, c.path, got, c.want)
		}
	}
}

func FuzzNormalizePath(f *testing.F) {
	f.Add("POST", "/v1/models/models/a/b%3A7b:generateContent")
	f.Add("GET", "/v1alpha/models/models/a")
	f.Fuzz(func(t *testing.T, method, path string) {
		once := normalizePath(method, path)
		if twice := normalizePath(method, once); twice != once {
			t.Fatalf("not stable: %q, %q, %q", path, once, twice)
		}
		if once == path {
			return
		}
		if !strings.HasPrefix(once, apiPrefix+"/") {
			t.Fatalf("%q left the API: %q", path, once)
		}
		name, isModel := strings.CutPrefix(once, apiPrefix+"/models/")
		_, _, hasAction := cutAction(name)
		if isModel && strings.Contains(name, "/") && (method == "GET" || method == "POST" && hasAction) {
			t.Fatalf("%q keeps a slash in the name: %q", path, once)
		}
	})
}
