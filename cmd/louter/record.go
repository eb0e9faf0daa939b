package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"louter/conformance/record"
	"louter/conformance/scenario"
	"louter/conformance/suite"
)

// recordable are the services by dialect, with where their key, model and
// other address come from.
var recordable = []struct{ dialect, url, key, model, other string }{
	{scenario.OpenAIChat, "https://api.openai.com", "OPENAI_API_KEY", "RECORD_OPENAI_MODEL", "RECORD_OPENAI_URL"},
	{scenario.Gemini, "https://generativelanguage.googleapis.com", "GEMINI_API_KEY", "RECORD_GEMINI_MODEL", "RECORD_GEMINI_URL"},
}

// recordPatience bounds one answer of a service.
const recordPatience = 5 * time.Minute

func (c conformCommand) record(ctx context.Context, con console, cases []*scenario.Case) error {
	services := map[string]record.Service{}
	for _, r := range recordable {
		s := record.Service{URL: r.url, Key: os.Getenv(r.key), Model: os.Getenv(r.model)}
		if other := os.Getenv(r.other); other != "" {
			s.URL = other
		}
		if s.Key == "" || s.Model == "" {
			fmt.Fprintf(con.err, "louter: %s is not recorded: it needs %s and %s\n", r.dialect, r.key, r.model)
			continue
		}
		services[r.dialect] = s
	}
	if len(services) == 0 {
		return usageError{errors.New("there is no service to record from")}
	}
	chosen, err := suite.Choose(cases, c.Filter)
	if err != nil {
		return usageError{err}
	}
	written := 0
	err = record.Run(ctx, chosen, record.Options{
		Services: services, Client: &http.Client{Timeout: recordPatience}, Now: time.Now, Media: os.Getenv("RECORD_MEDIA_URL"),
		Done: func(file, why string) {
			if why != "" {
				fmt.Fprintf(con.err, "not recorded: %s: %s\n", file, why)
				return
			}
			written++
			fmt.Fprintln(con.out, "recorded", file)
		},
	})
	if err == nil && written == 0 {
		return errors.New("no chosen case can be recorded")
	}
	return err
}
