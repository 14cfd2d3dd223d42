package edge_test

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzHeaders sends any headers from an address that is no proxy, and from one that
// is. Nothing makes the edge fail or break its own headers, and who is no proxy
// never passes for another address.
func FuzzHeaders(f *testing.F) {
	f.Add("203.0.113.9", "paddock.example", "Bearer x", "paddock_session=1", "https://paddock.example", "same-origin", "GET")
	f.Add("203.0.113.9, 10.0.0.1", "x.apps.example", "Basic eDp5", "a=\x00; paddock_session=", "null", "cross-site", "POST")
	f.Add(",,[2001:db8::1%eth0]:1", "paddock.example:99999", "bearer", ";;;=", "\n", "", "OPTIONS")
	f.Add("10.0.0.1", "\u202epaddock.example", strings.Repeat("B", 9000), "paddock_session=\"", "http://a b", "none", "TRACE")
	f.Fuzz(func(t *testing.T, forwarded, host, authorization, cookie, origin, site, method string) {
		d := newDoor("10.0.0.0/8")
		for _, from := range []string{"192.0.2.7:1234", "10.9.9.9:1234"} {
			r := httptest.NewRequest("GET", own+"/sign-in/x", nil)
			r.Method, r.Host, r.RemoteAddr = method, host, from
			for name, value := range map[string]string{"X-Forwarded-For": forwarded, "Authorization": authorization, "Cookie": cookie, "Origin": origin, "Sec-Fetch-Site": site, "X-Request-Id": origin} {
				r.Header.Set(name, value)
			}
			rec := httptest.NewRecorder()
			d.ServeHTTP(rec, r)
			if rec.Code >= 500 {
				t.Errorf("from %s: %d %s", from, rec.Code, rec.Body)
			}
			for name, values := range rec.Header() {
				for _, v := range values {
					if strings.ContainsAny(v, "\r\n\x00") {
						t.Errorf("the header %s is %q", name, v)
					}
				}
			}
			seen := rec.Body.String()
			if rec.Code == 200 && method == "GET" && from == "192.0.2.7:1234" && seen != from {
				t.Errorf("who is no proxy passes for %q", seen)
			}
		}
	})
}
