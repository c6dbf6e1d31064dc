package render

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// browser starts a headless Chromium; without one the test is skipped, and in CI it fails.
func browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("no chromium on PATH: CI must have one")
		}
		t.Skip("no chromium on PATH: the page was not looked at in a browser")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.UserDataDir(t.TempDir()))
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

// witness notes what a page must not do.
type witness struct {
	sync.Mutex
	origin string
	wrong  []string
}

func (w *witness) say(format string, args ...any) {
	w.Lock()
	defer w.Unlock()
	w.wrong = append(w.wrong, fmt.Sprintf(format, args...))
}

func (w *witness) take() []string {
	w.Lock()
	defer w.Unlock()
	wrong := w.wrong
	w.wrong = nil
	return wrong
}

// TestBrowser looks at the page at three widths, in light and dark: nothing runs, nothing is fetched from elsewhere, nothing sticks out. With
// GATECARD_SHOTS naming a folder it leaves pictures there.
func TestBrowser(t *testing.T) {
	all := views(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		v, ok := all[strings.TrimPrefix(r.URL.Path, "/")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if err := htmlPage.Write(&b, v); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(b.Bytes())
	}))
	defer server.Close()
	ctx := browser(t)
	seen := &witness{origin: server.URL}
	err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			if u := e.Request.URL; !strings.HasPrefix(u, seen.origin+"/") && !strings.HasPrefix(u, "data:") && u != "about:blank" {
				seen.say("a request to %.200s", u)
			}
		case *page.EventJavascriptDialogOpening:
			seen.say("a dialog: %.200s", e.Message)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	console := chromedp.Console(ctx)
	go func() {
		for m, err := range console {
			if err != nil {
				return
			}
			seen.say("on the console: %.300s", m.String())
		}
	}()
	for _, name := range names(t) {
		for _, width := range []int64{360, 768, 1440} {
			for _, scheme := range []string{"light", "dark"} {
				t.Run(fmt.Sprintf("%s/%d/%s", name, width, scheme), func(t *testing.T) {
					look(ctx, t, seen, server.URL+"/"+name, width, scheme)
				})
			}
		}
	}
}

func look(ctx context.Context, t *testing.T, seen *witness, url string, width int64, scheme string) {
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate(url)); err != nil {
		t.Fatal(err)
	}
	const facts = `({
		scroll: document.documentElement.scrollWidth, inner: innerWidth, pwned: typeof window.pwned, scripts: document.scripts.length,
		handlers: [...document.querySelectorAll("*")].filter(e => [...e.attributes].some(a => a.name.startsWith("on"))).length,
		foreign: document.querySelectorAll("img,iframe,object,embed,base,form,link:not([rel=icon])").length,
		links: [...document.links].map(a => a.protocol).filter(p => !["http:","https:","mailto:"].includes(p)).length,
		opened: (document.querySelectorAll("details").forEach(d => d.open = true), document.documentElement.scrollWidth),
		wide: (() => { // what sticks out, by its text: a box may be narrower than what it holds
			const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
			for (let n; n = walk.nextNode();) {
				range.selectNodeContents(n);
				const e = n.parentElement;
				if (n.data.trim() && [...range.getClientRects()].some(r => r.right > innerWidth + 1)) found.push(e.tagName + "." + (e.getAttribute("class") ?? "") + " in " + e.parentElement.tagName + "." + (e.parentElement.getAttribute("class") ?? "") + ": " + n.data.slice(0, 60));
			}
			return found.slice(0, 3).join("\n");
		})(),
		dark: getComputedStyle(document.body).backgroundColor})`
	type found struct {
		Scroll, Inner, Opened             int
		Pwned, Dark, Wide                 string
		Scripts, Handlers, Foreign, Links int
	}
	f, err := chromedp.Run(ctx, chromedp.Evaluate[found](facts))
	if err != nil {
		t.Fatal(err)
	}
	if f.Scroll > f.Inner || f.Opened > f.Inner {
		t.Errorf("the page is %d wide (%d with all details open) in a window of %d\n%s", f.Scroll, f.Opened, f.Inner, f.Wide)
	}
	if f.Inner != int(width) {
		t.Errorf("the window is %d wide, not %d", f.Inner, width)
	}
	if f.Pwned != "undefined" || f.Scripts+f.Handlers+f.Foreign+f.Links > 0 {
		t.Errorf("the page has what it must not have: %+v", f)
	}
	if want := map[string]string{"light": "rgb(255, 255, 255)", "dark": "rgb(18, 21, 24)"}[scheme]; f.Dark != want {
		t.Errorf("the background is %s in the %s scheme, not %s", f.Dark, scheme, want)
	}
	for _, wrong := range seen.take() {
		t.Error(wrong)
	}
	if folder := os.Getenv("GATECARD_SHOTS"); folder != "" && !strings.HasSuffix(url, "/hostile") {
		shoot(ctx, t, folder, fmt.Sprintf("%s-%d-%s.png", url[strings.LastIndexByte(url, '/')+1:], width, scheme))
	}
}

func shoot(ctx context.Context, t *testing.T, folder, name string) {
	if err := chromedp.Do(ctx, chromedp.Reload()); err != nil {
		t.Fatal(err)
	}
	b, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name), b, 0o644); err != nil {
		t.Fatal(err)
	}
}
