package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/slack-go/slack"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/render"
)

// Slack tells a channel, by a bot's token or an incoming webhook.
type Slack struct {
	name    string
	channel string
	token   secret // one of the two; the other is nil
	webhook secret
	apiURL  string
	client  *http.Client
	wait    func(ctx context.Context, d time.Duration) error
}

// Limits of a message. Slack's own are 3,000 letters a section and 50 blocks; a letter that is escaped may become five.
const (
	maxHeadline = 200
	maxReason   = 250
	maxCounts   = 300
	maxCommand  = 200
	maxAnswer   = 64 << 10
)

// How often a message is tried in one call, and the longest that a service may ask to wait for it: anything longer is for the next time.
const (
	tries      = 3
	longestAsk = 8 * time.Second
	afterFault = time.Second
)

// NewBot tells by the Web API. The error does not hold the token.
func NewBot(c SlackConfig, token string) (*Slack, error) {
	if !strings.HasPrefix(token, "xox") || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errToken
	}
	return &Slack{name: "slack:" + c.Channel, channel: c.Channel, token: hidden(token), apiURL: slack.APIURL, client: client(), wait: wait}, nil
}

// NewWebhook tells by an incoming webhook, whose address is the secret. It is https, or http on this machine, for a relay that runs beside.
func NewWebhook(c SlackConfig, address string) (*Slack, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || !(u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname())) {
		return nil, errWebhook
	}
	name := c.Channel
	if name == "" {
		name = c.WebhookEnv
	}
	s := &Slack{name: "slack:" + name, webhook: hidden(address), client: client(), wait: wait}
	s.client.Transport = sayOK{s.client.Transport}
	return s, nil
}

// Name is "slack:ml-risk".
func (s *Slack) Name() string { return s.name }

// Tell posts one message.
func (s *Slack) Tell(ctx context.Context, r evidence.Record, v render.View) error {
	text, blocks := slackForm(compose(r, v))
	for try := 1; ; try++ {
		err := s.post(ctx, text, blocks)
		if err == nil {
			return nil
		}
		pause, again := worthwhile(err)
		if try == tries || !again || s.wait(ctx, pause) != nil {
			return explained(err)
		}
	}
}

func (s *Slack) post(ctx context.Context, text string, blocks []slack.Block) error {
	if s.webhook != nil {
		no := false
		return slack.PostWebhookCustomHTTPContext(ctx, s.webhook(), s.client,
			&slack.WebhookMessage{Text: text, Blocks: &slack.Blocks{BlockSet: blocks}, Parse: "none", UnfurlLinks: &no, UnfurlMedia: &no})
	}
	api := slack.New(s.token(), slack.OptionHTTPClient(s.client), slack.OptionAPIURL(s.apiURL))
	_, stamp, err := api.PostMessageContext(ctx, s.channel, slack.MsgOptionText(text, false), slack.MsgOptionBlocks(blocks...),
		slack.MsgOptionParse(false), slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl())
	if err == nil && stamp == "" {
		return errAnswer // "ok": false without a reason is taken for success by the client
	}
	return err
}

// slackForm gives a message's blocks, and the text that stands in for them in a notification.
func slackForm(m message) (text string, blocks []slack.Block) {
	headline := fmt.Sprintf("%s *%s* %s", m.mark, mrkdwn(m.subject, maxHeadline), mrkdwn(m.headline, maxHeadline))
	why := make([]string, len(m.lines))
	for i, line := range m.lines {
		why[i] = mrkdwn(line, maxReason)
	}
	counts := mrkdwn(strings.Join(m.counts, " · "), maxCounts)
	var next []string
	for _, c := range m.commands {
		next = append(next, "`"+mrkdwn(c, maxCommand)+"`")
	}
	section := func(text string) {
		if text != "" {
			blocks = append(blocks, slack.NewSectionBlock(verbatim(text), nil, nil))
		}
	}
	section(headline)
	for _, line := range why {
		section(line)
	}
	if counts != "" {
		blocks = append(blocks, slack.NewContextBlock("", verbatim(counts)))
	}
	if len(next) > 0 {
		section("What next: " + strings.Join(next, " · "))
	}
	return strings.Join(append([]string{headline}, why...), "\n"), blocks
}

// verbatim is text in which Slack looks for no names, channels and addresses.
func verbatim(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, text, false, true)
}

// mrkdwn writes a text from data: no mention, link, code or second line comes out of it.
func mrkdwn(s string, max int) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "`", "'", "*", "∗", "~", "∼").Replace(flat(s, max))
}

// worthwhile says whether to try again now, and after how long.
func worthwhile(err error) (pause time.Duration, again bool) {
	var limited *slack.RateLimitedError
	if errors.As(err, &limited) {
		return limited.RetryAfter, limited.RetryAfter >= 0 && limited.RetryAfter <= longestAsk
	}
	var status slack.StatusCodeError
	if errors.As(err, &status) {
		return afterFault, status.Code >= 500
	}
	return 0, false
}

// errAnswer: what came back says neither yes nor no.
var errAnswer = errors.New("the answer is not Slack's")

// code is the form of Slack's reasons: "channel_not_found".
var code = regexp.MustCompile(`^[a-z_]{1,60}$`)

// explained says in words of ours what went wrong. Nothing is passed on as it came, since an address, a header or an answer may hold a secret.
func explained(err error) error {
	var (
		limited *slack.RateLimitedError
		status  slack.StatusCodeError
		refused slack.SlackErrorResponse
		dns     *net.DNSError
		number  syscall.Errno
		syntax  *json.SyntaxError
		shape   *json.UnmarshalTypeError
	)
	switch {
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, context.DeadlineExceeded) || timedOut(err):
		return errors.New("slack did not answer in time")
	case errors.As(err, &limited):
		return fmt.Errorf("slack asks to wait %s", limited.RetryAfter)
	case errors.As(err, &status) && status.Code == http.StatusBadRequest:
		return fmt.Errorf("slack answers HTTP 400: %w", ErrUntellable)
	case errors.As(err, &status):
		return fmt.Errorf("slack answers HTTP %d", status.Code)
	case errors.As(err, &refused):
		return refusal(refused.Err)
	case errors.As(err, &dns):
		return errors.New("slack's host was not found")
	case errors.Is(err, errPlace):
		return errPlace
	case errors.As(err, &number):
		return fmt.Errorf("slack cannot be reached: %w", number)
	case errors.Is(err, errAnswer), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &syntax), errors.As(err, &shape):
		return errAnswer
	}
	return errors.New("slack cannot be reached")
}

func timedOut(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// refusal names Slack's reason. Of these, the message is at fault; of others, set-up or service, which may be better next time.
func refusal(reason string) error {
	switch {
	case !code.MatchString(reason):
		return errors.New("slack refuses, for a reason that is not one of its own")
	case reason == "msg_too_long", reason == "msg_blocks_too_long", reason == "invalid_blocks", reason == "invalid_blocks_format", reason == "no_text":
		return fmt.Errorf("slack refuses: %s: %w", reason, ErrUntellable)
	}
	return fmt.Errorf("slack refuses: %s", reason)
}

// client follows no redirect, which could carry the secret elsewhere, and reads no more of an answer than one of Slack's has.
func client() *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: refusePlace}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = dialer.DialContext
	transport.DisableKeepAlives = true // a message or two, and then nothing
	return &http.Client{
		Transport:     bounded{transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// errPlace: a name was resolved to where no chat is.
var errPlace = errors.New("slack's host has a link-local address, which is not asked")

// refusePlace is asked for the address that is really dialled. Cloud machines answer at link-local ones with their own secrets. Private
// addresses are let through: a proxy or relay has one.
func refusePlace(_, address string, _ syscall.RawConn) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return errPlace
	}
	if ip := a.Addr().Unmap(); ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() {
		return errPlace
	}
	return nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	response.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(response.Body, maxAnswer), response.Body}
	return response, nil
}

// sayOK asks of a webhook's 200 that its body is "ok", as Slack's is: a portal's page is no answer.
type sayOK struct{ next http.RoundTripper }

func (s sayOK) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := s.next.RoundTrip(r)
	if err != nil || response.StatusCode != http.StatusOK {
		return response, err
	}
	b, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return nil, err
	}
	if strings.TrimSpace(string(b)) != "ok" {
		return nil, errAnswer
	}
	response.Body = http.NoBody
	return response, nil
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// secret gives one. A function prints as an address, whoever prints the struct that it is in, and is refused by encoding/json.
type secret func() string

func hidden(s string) secret { return func() string { return s } }
