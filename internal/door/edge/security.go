package edge

// contentPolicy lets pages load their own scripts, styles and pictures, talk to
// this server and nothing else. NONCE stands for the value that a page's own
// fragments carry: markup that somebody smuggled in has none and stays dead.
const contentPolicy = "default-src 'none'; script-src 'self' 'nonce-NONCE'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types htmx"
