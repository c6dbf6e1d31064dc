package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/render"
)

// Canaries: none of them may come out in an error or a print.
const (
	canaryToken = "xoxb-canary-1234567890-abcdef"
	canaryPath  = "/services/TCANARY/BCANARY/canarysecret"
)

// A chat answers as Slack does, one answer a request; the last is repeated. It keeps what it was sent.
type chat struct {
	*httptest.Server
	mu       sync.Mutex
	answers  []http.HandlerFunc
	requests []request
}

type request struct {
	path, token, channel, text, parse string
	blocks                            slack.Blocks
}

func newChat(t *testing.T, answers ...http.HandlerFunc) *chat {
	c := &chat{answers: answers}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		answer := c.answers[min(len(c.requests), len(c.answers)-1)]
		c.requests = append(c.requests, read(t, r))
		c.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(c.Close)
	return c
}

func read(t *testing.T, r *http.Request) request {
	got := request{path: r.URL.Path}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		var m slack.WebhookMessage
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
			t.Error(err)
		}
		got.text, got.parse, got.blocks = m.Text, m.Parse, *m.Blocks
		return got
	}
	got.token, got.channel, got.text, got.parse = r.FormValue("token"), r.FormValue("channel"), r.FormValue("text"), r.FormValue("parse")
	if h := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "); h != "" {
		got.token = h
	}
	if err := json.Unmarshal([]byte(r.FormValue("blocks")), &got.blocks); err != nil {
		t.Errorf("blocks %q: %v", r.FormValue("blocks"), err)
	}
	return got
}

func (c *chat) bot(t *testing.T) *Slack {
	s, err := NewBot(SlackConfig{Channel: "ml-risk"}, canaryToken)
	if err != nil {
		t.Fatal(err)
	}
	s.apiURL = c.URL + "/api/"
	s.wait = noWait
	return s
}

func (c *chat) hook(t *testing.T) *Slack {
	s, err := NewWebhook(SlackConfig{WebhookEnv: "HOOK"}, c.URL+canaryPath)
	if err != nil {
		t.Fatal(err)
	}
	s.wait = noWait
	return s
}

// noWait passes the time at once, unless there is none left.
func noWait(ctx context.Context, _ time.Duration) error { return ctx.Err() }

func answer(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

// Slack's answers as its documentation shows them.
const (
	posted   = `{"ok":true,"channel":"C123ABC456","ts":"1503435956.000247","message":{"text":"…","type":"message","ts":"1503435956.000247"}}`
	notFound = `{"ok":false,"error":"channel_not_found"}`
	tooLong  = `{"ok":false,"error":"msg_too_long","response_metadata":{"messages":["[ERROR] too long"]}}`
)

var (
	yes     = answer(200, posted, "Content-Type", "application/json; charset=utf-8")
	hookYes = answer(200, "ok", "Content-Type", "text/html")
	busy    = answer(429, `{"ok":false,"error":"ratelimited"}`, "Retry-After", "3")
	broken  = answer(500, "<html>Internal "+canaryToken+"</html>")
	// halved promises more than it sends.
	halved = answer(200, posted[:40], "Content-Length", "400")
)

func TestSlackFaults(t *testing.T) {
	for name, c := range map[string]struct {
		answers  []http.HandlerFunc
		want     string // in the error; empty: told
		requests int
		forGood  bool
	}{
		"told":                     {[]http.HandlerFunc{yes}, "", 1, false},
		"limited, then told":       {[]http.HandlerFunc{busy, yes}, "", 2, false},
		"limited for ever":         {[]http.HandlerFunc{busy}, "slack asks to wait 3s", tries, false},
		"limited for an hour":      {[]http.HandlerFunc{answer(429, "", "Retry-After", "3600"), yes}, "slack asks to wait 1h0m0s", 1, false},
		"limited, no time given":   {[]http.HandlerFunc{answer(429, ""), yes}, "slack answers HTTP 429", 1, false},
		"limited, no number":       {[]http.HandlerFunc{answer(429, "", "Retry-After", canaryToken), yes}, "slack cannot be reached", 1, false},
		"broken, then told":        {[]http.HandlerFunc{broken, yes}, "", 2, false},
		"broken for ever":          {[]http.HandlerFunc{broken}, "slack answers HTTP 500", tries, false},
		"no such channel":          {[]http.HandlerFunc{answer(200, notFound)}, "slack refuses: channel_not_found", 1, false},
		"too long":                 {[]http.HandlerFunc{answer(200, tooLong)}, "slack refuses: msg_too_long", 1, true},
		"a reason with a secret":   {[]http.HandlerFunc{answer(200, `{"ok":false,"error":"bad token `+canaryToken+`"}`)}, "not one of its own", 1, false},
		"not ok, and no reason":    {[]http.HandlerFunc{answer(200, `{"ok":false}`)}, "the answer is not Slack's", 1, false},
		"an empty object":          {[]http.HandlerFunc{answer(200, `{}`)}, "the answer is not Slack's", 1, false},
		"a page":                   {[]http.HandlerFunc{answer(200, "<html>log in</html>")}, "the answer is not Slack's", 1, false},
		"cut off":                  {[]http.HandlerFunc{halved}, "the answer is not Slack's", 1, false},
		"another shape":            {[]http.HandlerFunc{answer(200, `{"ok":"yes"}`)}, "the answer is not Slack's", 1, false},
		"an answer without an end": {[]http.HandlerFunc{answer(200, `{"ok":true,"x":"`+strings.Repeat("x", 2*maxAnswer))}, "the answer is not Slack's", 1, false},
		"sent elsewhere":           {[]http.HandlerFunc{answer(307, "", "Location", "/elsewhere"), yes}, "slack answers HTTP 307", 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			chat := newChat(t, c.answers...)
			err := chat.bot(t).Tell(t.Context(), refused("ma-employment"), render.View{})
			check(t, err, c.want, c.forGood)
			if len(chat.requests) != c.requests {
				t.Errorf("%d requests, want %d", len(chat.requests), c.requests)
			}
		})
	}
}

func TestWebhookFaults(t *testing.T) {
	for name, c := range map[string]struct {
		answers []http.HandlerFunc
		want    string
		forGood bool
	}{
		"told":              {[]http.HandlerFunc{hookYes}, "", false},
		"limited once":      {[]http.HandlerFunc{busy, hookYes}, "", false},
		"a portal's page":   {[]http.HandlerFunc{answer(200, "<html>log in</html>")}, "the answer is not Slack's", false},
		"cut off":           {[]http.HandlerFunc{answer(200, "o", "Content-Length", "2")}, "the answer is not Slack's", false},
		"removed":           {[]http.HandlerFunc{answer(404, "no_service "+canaryPath)}, "slack answers HTTP 404", false},
		"invalid for good":  {[]http.HandlerFunc{answer(400, "invalid_payload")}, "slack answers HTTP 400", true},
		"sent elsewhere":    {[]http.HandlerFunc{answer(302, "", "Location", canaryPath+"/elsewhere"), hookYes}, "slack answers HTTP 302", false},
		"broken for a time": {[]http.HandlerFunc{broken, broken, hookYes}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			check(t, newChat(t, c.answers...).hook(t).Tell(t.Context(), refused("ma-employment"), render.View{}), c.want, c.forGood)
		})
	}
}

func check(t *testing.T, err error, want string, forGood bool) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("said %v", err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("said %v, want %q", err, want)
	case errors.Is(err, ErrUntellable) != forGood:
		t.Errorf("said %v: refused for good is %v", err, !forGood)
	}
	noCanary(t, fmt.Sprintf("%v %+v %#v %q", err, err, err, err))
}

func noCanary(t *testing.T, said string) {
	t.Helper()
	if strings.Contains(strings.ToLower(said), "canary") {
		t.Errorf("a secret is in %q", said)
	}
}

func TestSlackUnreachable(t *testing.T) {
	gone := newChat(t, yes)
	bot, hook := gone.bot(t), gone.hook(t)
	gone.Close()
	for name, s := range map[string]*Slack{"bot": bot, "webhook": hook} {
		t.Run(name, func(t *testing.T) {
			check(t, s.Tell(t.Context(), refused("a"), render.View{}), "slack cannot be reached: connection refused", false)
		})
	}
	nowhere, err := NewWebhook(SlackConfig{}, "https://canary.invalid"+canaryPath)
	if err != nil {
		t.Fatal(err)
	}
	err = nowhere.Tell(t.Context(), refused("a"), render.View{})
	if err == nil {
		t.Error("told nobody")
	}
	noCanary(t, err.Error())
}

// A server that never answers holds nobody longer than the context.
func TestSlackSlow(t *testing.T) {
	stop := make(chan struct{})
	slow := func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"ok":`)
		w.(http.Flusher).Flush()
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	}
	chat := newChat(t, slow)
	defer close(stop)
	for name, s := range map[string]*Slack{"bot": chat.bot(t), "webhook": chat.hook(t)} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			check(t, s.Tell(ctx, refused("a"), render.View{}), "slack did not answer in time", false)
		})
	}
}

func TestSlackIsNotAskedAtLinkLocal(t *testing.T) {
	for address, want := range map[string]error{
		"169.254.169.254:443": errPlace, "[fe80::1]:443": errPlace, "[::ffff:169.254.169.254]:443": errPlace, "0.0.0.0:443": errPlace, "224.0.0.1:443": errPlace,
		"nonsense": errPlace, "127.0.0.1:80": nil, "10.0.0.1:3128": nil, "203.0.113.7:443": nil,
	} {
		if got := refusePlace("tcp", address, nil); !errors.Is(got, want) {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
	}
	s, err := NewWebhook(SlackConfig{}, "https://169.254.169.254"+canaryPath)
	if err != nil {
		t.Fatal(err)
	}
	check(t, s.Tell(t.Context(), refused("a"), render.View{}), errPlace.Error(), false)
}

func TestSecretsThatAreNone(t *testing.T) {
	for _, token := range []string{"ghp_canary", "canary", "xoxb-canary\r\nX: y", " xoxb-canary"} {
		if _, err := NewBot(SlackConfig{Channel: "c"}, token); !errors.Is(err, errToken) {
			t.Errorf("took %q", token)
		} else {
			noCanary(t, err.Error())
		}
	}
	for _, address := range []string{"canary", "http://canary.example.com/x", "ftp://canary.example.com", "https://user:canary@hooks.slack.com/x", "https://", "file:///canary",
		"http://127.0.0.1.canary.example.com/", "://canary"} {
		if _, err := NewWebhook(SlackConfig{}, address); !errors.Is(err, errWebhook) {
			t.Errorf("took %q", address)
		} else {
			noCanary(t, err.Error())
		}
	}
}

func TestSecretsArePrintedByNobody(t *testing.T) {
	chat := newChat(t, yes)
	for _, s := range []*Slack{chat.bot(t), chat.hook(t)} {
		noCanary(t, fmt.Sprintf("%v %+v %#v %s", *s, *s, *s, s.Name()))
	}
}

func TestReaders(t *testing.T) {
	env := map[string]string{"SLACK_BOT_TOKEN": canaryToken, "HOOK": "https://hooks.slack.com" + canaryPath, "OTHER": "ghp_canary"}
	getenv := func(name string) string { return env[name] }
	for _, c := range []struct {
		config SlackConfig
		name   string // of the one reader; empty: none
		err    string
	}{
		{SlackConfig{}, "", ""},
		{SlackConfig{Channel: "ml-risk", TokenEnv: "SLACK_BOT_TOKEN"}, "slack:ml-risk", ""},
		{SlackConfig{WebhookEnv: "HOOK"}, "slack:HOOK", ""},
		{SlackConfig{Channel: "ml-risk", TokenEnv: "UNSET"}, "", "UNSET is not set"},
		{SlackConfig{Channel: "ml-risk", TokenEnv: "OTHER"}, "", "OTHER: it holds no Slack token"},
		{SlackConfig{WebhookEnv: "OTHER"}, "", "OTHER: it holds no webhook's address"},
	} {
		readers, err := Readers(Config{Slack: c.config}, getenv)
		if (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%+v: %v, want %q", c.config, err, c.err)
		}
		noCanary(t, fmt.Sprint(err))
		if (len(readers) == 1) != (c.name != "") || len(readers) == 1 && readers[0].Name() != c.name {
			t.Errorf("%+v: readers %v, want %q", c.config, readers, c.name)
		}
	}
}

// A real store behind, and Slack in front: the message of the page.
func TestSendToSlack(t *testing.T) {
	chat := newChat(t, yes)
	s, l := newStore(t, refused("ma-employment"), promoted("ma-employment", "2", "1"))
	if err := Send(t.Context(), s, []Reader{chat.bot(t)}); err != nil {
		t.Fatal(err)
	}
	if len(chat.requests) != 2 || l.seen["slack:ml-risk"] != 2 {
		t.Fatalf("%d messages, came to %d", len(chat.requests), l.seen["slack:ml-risk"])
	}
	first, second := chat.requests[0], chat.requests[1]
	if first.path != "/api/chat.postMessage" || first.token != canaryToken || first.channel != "ml-risk" {
		t.Errorf("posted to %q, channel %q", first.path, first.channel)
	}
	for i, want := range []string{
		"✕ *ma-employment 1* was not let into Production",
		"recall across disability, with a disability: 0.295, required ≥ 0.50 (n = 1,834; 0.274–0.319)",
		"1 gate failed · 1 passed · policy set before the run · evidence ",
		"What next: `gatecard explain gate-failed` · `gatecard registry history ma-employment`",
	} {
		if got := texts(first.blocks)[i]; !strings.HasPrefix(got, want) {
			t.Errorf("block %d is %q, want %q", i, got, want)
		}
	}
	if got := texts(second.blocks)[0]; got != "✓ *ma-employment 2* is in Production, after version 1" {
		t.Errorf("the second is %q", got)
	}
}

// texts gives the blocks' texts, and fails nothing: a block without text is "".
func texts(blocks slack.Blocks) []string {
	var all []string
	for _, b := range blocks.BlockSet {
		switch b := b.(type) {
		case *slack.SectionBlock:
			all = append(all, b.Text.Text)
		case *slack.ContextBlock:
			all = append(all, b.ContextElements.Elements[0].(*slack.TextBlockObject).Text)
		default:
			all = append(all, "")
		}
	}
	return append(all, "", "", "", "")
}

func TestHostileTextStaysText(t *testing.T) {
	hostile := "<!channel> <@U123> <https://evil.example|click> & `rm` *bold* ~no~\nsecond\x1b[31m line\u202e " + strings.Repeat("<&>", 2000)
	r := refused(hostile)
	r.Version, r.Target, r.By.Name = hostile, evidence.Target(hostile), hostile
	r.Decision = &evidence.Decision{}
	for range 40 {
		r.Decision.Unmet = append(r.Decision.Unmet, evidence.Refusal{Requirement: hostile, Reason: evidence.Reason(hostile), Detail: hostile})
	}
	chat := newChat(t, yes)
	if err := chat.bot(t).Tell(t.Context(), r, render.View{Decisions: []evidence.Decision{*r.Decision}}); err != nil {
		t.Fatal(err)
	}
	got := chat.requests[0]
	if got.parse != "" && got.parse != "none" {
		t.Errorf("Slack is asked to parse: %q", got.parse)
	}
	if n := len(got.blocks.BlockSet); n > 50 || n < 3 {
		t.Errorf("%d blocks", n)
	}
	for _, text := range append(texts(got.blocks), got.text) {
		if strings.ContainsAny(text, "<>\x1b\u202e") {
			t.Errorf("%q has something in it that Slack, or a terminal, acts on", text[:min(len(text), 200)])
		}
		if len(text) > 3000*4 || len([]rune(text)) > 3000 && text != got.text {
			t.Errorf("a block of %d letters", len([]rune(text)))
		}
	}
	for _, b := range got.blocks.BlockSet {
		if s, ok := b.(*slack.SectionBlock); ok && !s.Text.Verbatim {
			t.Errorf("Slack may look for names in %q", s.Text.Text[:40])
		}
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := wait(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := wait(t.Context(), 0); err != nil {
		t.Error(err)
	}
}

// The listener shows that nothing is sent where a name's address is not one to ask.
func TestDialIsRefusedBeforeAByteIsSent(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	d := &net.Dialer{Control: refusePlace}
	if _, err := d.DialContext(t.Context(), "tcp", fmt.Sprintf("0.0.0.0:%d", l.Addr().(*net.TCPAddr).Port)); !errors.Is(err, errPlace) {
		t.Errorf("dialled: %v", err)
	}
}
