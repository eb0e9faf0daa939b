package gemini

import "testing"

func TestParseTarget(t *testing.T) {
	cases := []struct {
		uri  string
		want target
	}{
		{"/v1beta/models/m:generateContent?alt=sse&key=SECRET&x=1", target{"/v1beta", "/models/m:generateContent", "alt=sse&x=1"}},
		{"/v1beta/models?%24key=SECRET&KEY=SECRET&access_token=SECRET", target{"/v1beta", "/models", ""}},
		{"/v1/models/a%2Fb:countTokens", target{"/v1", "/models/a%2Fb:countTokens", ""}},
		{"/v1alpha/cachedContents?pageSize=2&monkey=1", target{"/v1alpha", "/cachedContents", "pageSize=2&monkey=1"}},
		{"/models/m:generateContent", target{"", "/models/m:generateContent", ""}},
		{"/upload/v1beta/files?uploadType=resumable", target{"/upload/v1beta", "/files", "uploadType=resumable"}},
		{"/download/v1beta/files/x:download?alt=media", target{"/download/v1beta", "/files/x:download", "alt=media"}},
		{"http://h.example:80/v1beta/files/x?a=http://b", target{"/v1beta", "/files/x", "a=http://b"}},
		{"http://h.example", target{"", "", ""}},
		{"/v1beta/files/x://y", target{"/v1beta", "/files/x://y", ""}},
	}
	for _, c := range cases {
		if got := parseTarget(c.uri); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.uri, got, c.want)
		}
	}
}

func TestModelTarget(t *testing.T) {
	cases := []struct{ path, model, want string }{
		{"/models/a%20b:generateContent", "a b", "/models/a%20b:generateContent"},
		{"/models/a:generateContent", "a", "/models/a:generateContent"},
		{"/models/models/a:generateContent", "a", "/models/a:generateContent"},
		{"/models/a/b:generateContent", "a/b", "/models/a%2Fb:generateContent"},
		{"/tunedModels/t:generateContent", "tunedModels/t", "/tunedModels/t:generateContent"},
		{"/models/a%3AgenerateContent", "a", "/models/a:generateContent"},
	}
	for _, c := range cases {
		if got := modelTarget("POST", target{path: c.path}, c.model, "generateContent"); got != c.want {
			t.Errorf("%s: got %s, want %s", c.path, got, c.want)
		}
	}
}
